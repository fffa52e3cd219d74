/* Branches, loops, switch, goto. */
#include "record.h"

static int shared = 3;

static int classify(int value)
{
	int result = 0;

	switch (value) {
	case 0:
		result += 1;
		/* fall through */
	case 1:
		result += 10;
		break;
	case 2 ... 5: {
		int twice = value * 2;
		result = twice;
		break;
	}
	case -1:
		return -100;
	default:
		result = 99;
	case 7:
		result++;
	}
	return result;
}

static int loops(int limit)
{
	int sum = 0;

	for (int i = 0; i < limit; i++) {
		if (i == 2)
			continue;
		if (i == 6)
			break;
		sum += i;
	}
	while (limit-- > 0)
		sum += 100;
	do
		sum += 1000;
	while (0);
	do {
		if (sum > 2500)
			break;
		sum += 700;
		continue;
	} while (sum < 5000);
	return sum;
}

static int jumps(int start)
{
	int rounds = 0;
again:
	rounds++;
	if (rounds < start)
		goto again;
	if (rounds == 4)
		goto out;
	rounds += 50;
out:
	return rounds;
}

static int duff(int count)
{
	int sum = 0;

	switch (count % 4) {
		do {
	case 0:
			sum += 1;
	case 3:
			sum += 10;
	case 2:
			sum += 100;
	case 1:
			sum += 1000;
		} while ((count -= 4) > 0);
	}
	return sum;
}

static int nested(void)
{
	int found = 0;

	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 4; j++) {
			switch (i * 4 + j) {
			case 6:
				continue;
			case 11:
				goto done;
			default:
				break;
			}
			found += i * j;
		}
done:
	return found;
}

static int side_effects;
static int touch(int value) { side_effects = side_effects * 10 + value; return value; }

static unsigned int collatz(unsigned int n)
{
	unsigned int steps = 0;

	while (n != 1) {
		n = n % 2 ? 3 * n + 1 : n / 2;
		steps++;
	}
	return steps;
}

enum phase { FIRST, SECOND, THIRD };

static int over_enum(enum phase phase)
{
	switch (phase) {
	case FIRST: return 1;
	case SECOND: return 2;
	case THIRD: break;
	}
	return 3;
}

static void run(void)
{
	for (int i = -2; i < 9; i++)
		RECORD(classify(i));
	RECORD(loops(3));
	RECORD(loops(9));
	RECORD(jumps(4));
	RECORD(jumps(5));
	for (int i = 1; i < 10; i++)
		RECORD(duff(i));
	RECORD(nested());
	RECORD(touch(1) && touch(0) && touch(2));
	RECORD(touch(0) || touch(3) || touch(4));
	RECORD(touch(1) ? touch(5) : touch(6));
	RECORD(touch(0) ?: touch(7));
	RECORD(!(touch(1) && !touch(0)));
	RECORD(side_effects);
	if (touch(1) && (touch(0) || touch(2)) && !(touch(0) && touch(9)))
		RECORD(77);
	else
		RECORD(78);
	RECORD(side_effects % 100000);
	RECORD(collatz(27));
	RECORD(over_enum(FIRST) * 100 + over_enum(SECOND) * 10 + over_enum(THIRD));
	if (shared == 3 && shared++ == 3 && shared == 4)
		RECORD(shared);
	if (shared > 10 || (shared -= 2) < 0)
		RECORD(0);
	RECORD(shared);
	for (;;) {
		if (shared++ > 5)
			break;
	}
	RECORD(shared);
}
