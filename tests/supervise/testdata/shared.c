/* shared TRIES: processes that share their descriptors (CLONE_FILES) and their working
 * directory (CLONE_FS) exchange them while this one names files by them. In the directory
 * above, .env is denied; in sub it is not. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXCHANGED = 50 };
static int top, sub;
static long leaks;

static int exchange_descriptor(void *unused)
{
	for (;;) {
		dup3(top, EXCHANGED, 0);
		dup3(sub, EXCHANGED, 0);
	}
	return 0;
}

static int exchange_directory(void *unused)
{
	for (;;) {
		fchdir(top);
		fchdir(sub);
	}
	return 0;
}

/* look reads what was opened. */
static int look(int fd)
{
	char text[64] = "";
	int leak;

	if (fd < 0 || fd == EXCHANGED)
		return 0;
	pread(fd, text, sizeof text - 1, 0);
	leak = strstr(text, "SECRET") != NULL;
	leaks += leak;
	close(fd);
	return leak;
}

static void try(long n)
{
	char path[64];
	int status;
	pid_t child;

	switch (n % 8) {
	case 0: look(openat(EXCHANGED, ".env", O_CREAT | O_RDWR, 0600)); break;
	case 1: look(open(".env", O_CREAT | O_RDWR, 0600)); break;
	case 2: renameat(EXCHANGED, ".env", sub, "renamed"); break;
	case 3: linkat(EXCHANGED, ".env", sub, "linked", 0); break;
	case 4: unlinkat(EXCHANGED, ".env", 0); break;
	case 5: rename(".env", "moved"); break;
	case 6: /* a child that has this one's memory */
		child = vfork();
		if (child == 0)
			_exit(look(openat(EXCHANGED, ".env", O_CREAT | O_RDWR, 0600)));
		waitpid(child, &status, 0);
		break;
	case 7:
		snprintf(path, sizeof path, "/proc/self/fd/%d/.env", EXCHANGED);
		look(open(path, O_CREAT | O_RDWR, 0600));
		break;
	}
}

int main(int argc, char **argv)
{
	static const char *const names[] = {"renamed", "linked", "moved"};
	long tries = atol(argv[1]), n;
	int one, two, i, fd;

	top = open(".", O_PATH | O_DIRECTORY);
	sub = open("sub", O_RDONLY | O_DIRECTORY);
	if (top < 0 || sub < 0 || dup2(sub, EXCHANGED) < 0)
		return 2;
	one = clone(exchange_descriptor, (char *)malloc(65536) + 65536, CLONE_FILES | CLONE_VM | SIGCHLD, NULL);
	two = clone(exchange_directory, (char *)malloc(65536) + 65536, CLONE_FILES | CLONE_FS | CLONE_VM | SIGCHLD, NULL);
	if (one < 0 || two < 0)
		return 2;
	for (n = 0; n < tries; n++) {
		try(n);
		for (i = 0; i < 3; i++) {
			look(openat(sub, names[i], O_RDONLY));
			look(openat(top, names[i], O_RDONLY));
			unlinkat(sub, names[i], 0);
			unlinkat(top, names[i], 0);
		}
		if (n % 8 == 7 && (fd = openat(sub, ".env", O_CREAT | O_WRONLY, 0600)) >= 0) {
			write(fd, "open\n", 5);
			close(fd);
		}
		for (fd = 3; fd < 40; fd++) /* what a try left open under a number that was exchanged */
			if (fd != top && fd != sub)
				close(fd);
	}
	kill(one, SIGKILL);
	kill(two, SIGKILL);
	printf("leaks %ld\n", leaks);
	return 0;
}
