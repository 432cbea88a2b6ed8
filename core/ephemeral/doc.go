// Package ephemeral keeps what a command changed apart from the originals, until a
// person decides about the changes.
//
// A run with --ephemeral sees every directory that its command may write through an
// overlay file system: the original is the lower layer, and all changes go to an upper
// layer in the store of that run. The package reads upper layers: it lists the changes,
// compares them with the originals, moves them to the originals (keep) or removes
// them (discard). It makes no mounts; nono-overlay does.
//
// The format of an upper layer is the kernel's, with user.overlay.* attributes:
// Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories" and
// "userxattr".
//
// What an upper layer holds was made by the sandboxed command. So no name in it is
// followed when it is a symlink, and no name in it is shown without quotes.
package ephemeral
