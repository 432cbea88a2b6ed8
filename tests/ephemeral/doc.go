package ephemeral
