// Package secrets tests what --secret promises: the managers are asked as they want to
// be asked, a bad answer starts nothing, the secret is where it belongs and nowhere else,
// and one run leaves nothing that misleads the next.
package secrets
