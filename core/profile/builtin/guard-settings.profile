# guard-settings: agents' settings that run something later are read-only
#
# To an agent's own profile: --profile claude-code --profile guard-settings. Hooks,
# MCP servers, plug-ins and skills that an agent writes run at its next start, outside
# of any sandbox too. With this profile they stay as they are, and all else that
# agents keep beside them goes on, under supervision. On the day on which you
# change such settings inside, leave this profile out; and at an agent's first start,
# at which it makes its directories.
#
# Not held: ~/.claude.json, in which Claude Code keeps MCP servers and its own state;
# pi's auth.json, whose keys may be commands; what agents remember or are told in
# words (CLAUDE.md, AGENTS.md, memories); the project's own files (--protect-repo).

# Agents make files beside what is denied here.
allow-beside-denied

variable CLAUDE_CONFIG_DIR ~/.claude
deny-write $CLAUDE_CONFIG_DIR/settings.json
deny-write $CLAUDE_CONFIG_DIR/settings.local.json
deny-write $CLAUDE_CONFIG_DIR/hooks
deny-write $CLAUDE_CONFIG_DIR/plugins
deny-write $CLAUDE_CONFIG_DIR/skills
deny-write $CLAUDE_CONFIG_DIR/commands
deny-write $CLAUDE_CONFIG_DIR/agents
deny-write $CLAUDE_CONFIG_DIR/workflows
# The program itself, where an older release has put it.
deny-write $CLAUDE_CONFIG_DIR/local

variable CODEX_HOME ~/.codex
deny-write $CODEX_HOME/config.toml
deny-write $CODEX_HOME/hooks.json
deny-write $CODEX_HOME/hooks
deny-write $CODEX_HOME/rules
deny-write $CODEX_HOME/prompts
deny-write $CODEX_HOME/plugins
deny-write $CODEX_HOME/agents
# The program itself, where its installer has put it.
deny-write $CODEX_HOME/packages

variable GEMINI_CLI_HOME ~
deny-write $GEMINI_CLI_HOME/.gemini/settings.json
deny-write $GEMINI_CLI_HOME/.gemini/trustedFolders.json
deny-write $GEMINI_CLI_HOME/.gemini/extensions
deny-write $GEMINI_CLI_HOME/.gemini/commands
deny-write $GEMINI_CLI_HOME/.gemini/skills
deny-write $GEMINI_CLI_HOME/.gemini/agents
deny-write $GEMINI_CLI_HOME/.gemini/policies
deny-write $GEMINI_CLI_HOME/.gemini/hooks

deny-write $XDG_CONFIG_HOME/opencode
variable OPENCODE_CONFIG_DIR $XDG_CONFIG_HOME/opencode
deny-write $OPENCODE_CONFIG_DIR

variable OPENCLAW_STATE_DIR ~/.openclaw
deny-write $OPENCLAW_STATE_DIR/extensions
deny-write $OPENCLAW_STATE_DIR/skills
deny-write $OPENCLAW_STATE_DIR/hooks

variable COPILOT_HOME ~/.copilot
deny-write $COPILOT_HOME/settings.json
deny-write $COPILOT_HOME/mcp-config.json
deny-write $COPILOT_HOME/lsp-config.json
deny-write $COPILOT_HOME/installed-plugins
deny-write $COPILOT_HOME/extensions
deny-write $COPILOT_HOME/hooks
deny-write $COPILOT_HOME/skills
deny-write $COPILOT_HOME/agents

deny-write ~/.qwen/extensions
deny-write ~/.qwen/settings.json
deny-write ~/.qwen/trustedFolders.json
deny-write ~/.qwen/commands
deny-write ~/.qwen/skills
deny-write ~/.qwen/agents
deny-write ~/.qwen/hooks

# pi's keys may be commands, in models.json too.
variable PI_CODING_AGENT_DIR ~/.pi/agent
deny-write $PI_CODING_AGENT_DIR/settings.json
deny-write $PI_CODING_AGENT_DIR/models.json
deny-write $PI_CODING_AGENT_DIR/extensions
deny-write $PI_CODING_AGENT_DIR/skills
deny-write $PI_CODING_AGENT_DIR/prompts
deny-write $PI_CODING_AGENT_DIR/tools
deny-write $PI_CODING_AGENT_DIR/npm
deny-write $PI_CODING_AGENT_DIR/git

variable CLINE_DIR ~/.cline
deny-write $CLINE_DIR/data/settings/cline_mcp_settings.json
deny-write $CLINE_DIR/data/workflows
deny-write $CLINE_DIR/hooks
deny-write $CLINE_DIR/plugins
deny-write $CLINE_DIR/skills
deny-write $CLINE_DIR/rules
# The address and the token of its hub, which acts outside if it was started there.
deny $CLINE_DIR/data/locks/hub

deny-write ~/.continue/config.yaml
deny-write ~/.continue/config.json
deny-write ~/.continue/config.ts
deny-write ~/.continue/mcpServers
deny-write ~/.continue/.env

deny-write $XDG_CONFIG_HOME/amp/settings.json
deny-write $XDG_CONFIG_HOME/amp/plugins
deny-write $XDG_CONFIG_HOME/amp/skills
deny-write $XDG_CONFIG_HOME/amp/commands
deny-write $XDG_CONFIG_HOME/amp/tools

deny-write ~/.augment/settings.json
deny-write ~/.augment/commands
deny-write ~/.augment/skills
deny-write ~/.augment/agents
deny-write ~/.augment/plugins

# Those whose profiles are written from documentation: so are these lines.
deny-write $XDG_CONFIG_HOME/goose/config.yaml
deny-write $XDG_CONFIG_HOME/crush/crush.json
deny-write $XDG_CONFIG_HOME/crush/skills
deny-write $XDG_CONFIG_HOME/kilo/kilo.json
deny-write $XDG_CONFIG_HOME/kilo/kilo.jsonc
deny-write $XDG_CONFIG_HOME/kilo/opencode.json
deny-write $XDG_CONFIG_HOME/kilo/plugin
deny-write $XDG_CONFIG_HOME/kilo/command
deny-write $XDG_CONFIG_HOME/kilo/agent
deny-write ~/.cursor/mcp.json
deny-write ~/.cursor/hooks.json
deny-write ~/.cursor/hooks
deny-write ~/.cursor/commands
deny-write ~/.cursor/skills
deny-write ~/.cursor/agents
deny-write ~/.cursor/plugins
deny-write ~/.cursor/extensions
