/*
 * The floor: what the kernel's own work for a sandbox costs when everything has
 * been decided before. It reads a prepared list of paths and rights, makes the
 * same ruleset and loads the same filter as nono-exec-shim, and executes a
 * command. It checks nothing, and is no sandbox to use.
 *
 *   floor LIST FILTER COMMAND [ARGUMENT ...]
 *
 * LIST begins with the handled file rights, the handled network rights and the
 * scopes as three 64-bit words; each rule follows as a 64-bit word of rights and
 * a path that ends in NUL. FILTER is an array of struct sock_filter. A dash in
 * place of either leaves that part out.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/landlock.h of the kernel's headers may be older than the kernel. */
struct ruleset { uint64_t fs, net, scoped; };
struct __attribute__((packed)) beneath { uint64_t rights; int32_t fd; };

static char list[16 << 20];
static struct sock_filter code[4096];

static void die(const char *what)
{
	write(2, what, strlen(what));
	write(2, "\n", 1);
	_exit(125);
}

static long slurp(const char *path, void *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long n = fd < 0 ? -1 : read(fd, buf, size);

	if (n <= 0 || n == (long)size)
		die("floor: cannot read a prepared file");
	close(fd);
	return n;
}

static void restrict_self(long size)
{
	struct ruleset set;
	long at;
	int rules;

	memcpy(&set, list, sizeof(set));
	rules = syscall(SYS_landlock_create_ruleset, &set, sizeof(set), 0);
	if (rules < 0)
		die("floor: cannot create a ruleset");
	for (at = sizeof(set); at < size;) {
		struct beneath rule;

		memcpy(&rule.rights, list + at, sizeof(rule.rights));
		at += sizeof(rule.rights);
		rule.fd = open(list + at, O_PATH | O_CLOEXEC);
		at += strlen(list + at) + 1;
		if (rule.fd < 0)
			continue; /* gone since the list was made */
		if (syscall(SYS_landlock_add_rule, rules, 1, &rule, 0))
			die("floor: cannot add a rule");
		close(rule.fd);
	}
	if (syscall(SYS_landlock_restrict_self, rules, 0))
		die("floor: cannot restrict itself");
}

static void filter(long size)
{
	struct sock_fprog prog = { .filter = code, .len = size / sizeof(code[0]) };

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog))
		die("floor: cannot load the filter");
}

int main(int argc, char **argv, char **envp)
{
	long rules = 0, instructions = 0;

	if (argc < 4)
		die("usage: floor LIST FILTER COMMAND [ARGUMENT ...]");
	if (strcmp(argv[1], "-"))
		rules = slurp(argv[1], list, sizeof(list));
	if (strcmp(argv[2], "-"))
		instructions = slurp(argv[2], code, sizeof(code));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die("floor: cannot give up new privileges");
	if (rules)
		restrict_self(rules);
	if (syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */))
		die("floor: cannot close descriptors");
	if (instructions)
		filter(instructions);
	execve(argv[3], argv + 3, envp);
	die("floor: cannot execute the command");
}
