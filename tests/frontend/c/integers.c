/* Widths, signs, promotions, conversions, wrap-around. */
#include "record.h"

static unsigned char u8 = 250;
static signed char s8 = -3;
static unsigned short u16 = 65535;
static short s16 = -32768;
static int s32 = 2147483647;
static unsigned int u32 = 4294967295u;
static long s64 = -5000000000L;
static unsigned long u64 = 18446744073709551615ul;
static _Bool flag;
enum colour { RED, GREEN = 5, BLUE };
static enum colour colour;

static void arithmetic(void)
{
	RECORD(u8 + 10);
	u8 += 10;
	RECORD(u8);
	u8--;
	RECORD(u8);
	RECORD(s8 * s8);
	RECORD(s8 / 2);
	RECORD(s8 % 2);
	RECORD(-7 / 2 + s8 - s8);
	RECORD(u16 + 1);
	u16++;
	RECORD(u16);
	s16--;
	RECORD(s16);
	RECORD(u32 + 1);
	RECORD(u32 * u32);
	RECORD(s64 * 2);
	RECORD(u64 + 1);
	RECORD(u64 / 3);
	RECORD(u64 % 10);
	RECORD((unsigned)s32 + 1);
	RECORD(-u32);
	RECORD(~u8);
	RECORD((unsigned char)~u8);
	RECORD(-(short)u16);
}

static void comparisons(void)
{
	int minus_one = -1;
	unsigned int one = 1;

	RECORD(minus_one < one);
	RECORD(minus_one < (int)one);
	RECORD(s8 < u8);
	RECORD((unsigned char)-1 == 255);
	RECORD((signed char)255 == -1);
	RECORD(u64 > 1);
	RECORD(s64 < one);
	RECORD(u32 == minus_one);
	RECORD((long)u32 == minus_one);
	RECORD(u16 - 1 < 0);
	RECORD(one - 2 < 0);
	RECORD(minus_one >= 0u);
}

static void shifts(void)
{
	int minus = -16;
	unsigned int bits = 0x80000001u;

	RECORD(minus >> 2);
	RECORD(bits >> 4);
	RECORD(bits << 1);
	RECORD(1ul << 40);
	RECORD((u8 << 24) >> 24);
	RECORD((unsigned char)(u8 << 4));
	bits >>= 31;
	RECORD(bits);
	bits <<= 3;
	RECORD(bits);
	RECORD(0xff & ~0xf | 3 ^ 1);
	bits |= 0x70;
	bits &= ~0x10u;
	bits ^= 0xff;
	RECORD(bits);
}

static void conversions(void)
{
	long big = 0x123456789abcdef0;

	RECORD((int)big);
	RECORD((short)big);
	RECORD((unsigned short)big);
	RECORD((signed char)big);
	RECORD((_Bool)big);
	RECORD((_Bool)0x100);
	flag = 256;
	RECORD(flag);
	flag++;
	RECORD(flag);
	flag = !flag;
	RECORD(flag);
	flag |= 6;
	RECORD(flag);
	RECORD(flag + flag);
	RECORD(!big);
	RECORD(!!big);
	colour = BLUE;
	RECORD(colour);
	colour = colour - 1;
	RECORD(colour == GREEN);
	colour = (enum colour)77;
	RECORD(colour);
	RECORD('a' + '\n');
	RECORD((char)200);
	RECORD(sizeof(long) + sizeof(colour) + sizeof u8 + sizeof(int[3]));
	RECORD(_Alignof(long));
}

static void expressions(void)
{
	int a = 3, b = 4, c;

	c = a++ + ++b;
	RECORD(a * 100 + b * 10 + c);
	c = a-- - --b;
	RECORD(a * 100 + b * 10 + c);
	c = (a = 7, b = a + 1, a * b);
	RECORD(c);
	a = b = c = 5;
	RECORD(a + b + c);
	RECORD(a > 3 ? b : c + 1);
	RECORD(a ?: 9);
	a = 0;
	RECORD(a ?: 9);
	RECORD((a || b++) + b);
	RECORD((a && b++) + b);
	RECORD((s64 && u8) + (s8 || flag));
	RECORD(({ int t = b * 2; t + 1; }));
	RECORD(a == 0 && b == 6 || c);
	s32 = 10;
	RECORD(s32++ + s32);
	RECORD(--s32 + s32--);
	s32 += s32 + s32;
	RECORD(s32);
	s64 -= 1;
	s64 *= 2;
	s64 /= 3;
	s64 %= 1000;
	RECORD(s64);
}

static void bits(void)
{
	unsigned int value = 0x00a0u;

	RECORD(__builtin_ffs(value));
	RECORD(__builtin_ffs(0 * value));
	RECORD(__builtin_ctz(value));
	RECORD(__builtin_clz(value));
	RECORD(__builtin_popcount(value));
	RECORD(__builtin_popcountl(u64));
	RECORD(__builtin_clzl(value));
	RECORD(__builtin_ctzl(1ul << 63));
	RECORD(__builtin_parity(value));
	RECORD(__builtin_expect(value, 3));
	int sum;
	RECORD(__builtin_add_overflow(2147483647, (int)value, &sum));
	RECORD(sum);
	RECORD(__builtin_mul_overflow(1000, (int)value, &sum));
	RECORD(sum);
}

static void run(void)
{
	arithmetic();
	comparisons();
	shifts();
	conversions();
	expressions();
	bits();
}
