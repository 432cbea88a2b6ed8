// Package policy holds the policies of a machine's administrator against those who
// would be without.
package policy
