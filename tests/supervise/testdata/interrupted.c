/* interrupted CALLS: makes, renames and removes a directory while a timer interrupts, with a
 * handler that has calls restarted (SA_RESTART, as signal(3) sets it). */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t signals;

static void count(int unused) { signals++; }

int main(int argc, char **argv)
{
	struct sigaction restarting = {.sa_handler = count, .sa_flags = SA_RESTART};
	struct itimerval every = {{0, 4000}, {0, 4000}};
	long calls = atol(argv[1]), n, failed = 0;

	sigaction(SIGALRM, &restarting, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	for (n = 0; n < calls || signals < 20; n++) {
		failed += mkdir("one", 0700) != 0;
		failed += rename("one", "two") != 0;
		failed += rmdir("two") != 0;
	}
	printf("failed %ld\n", failed);
	return 0;
}
