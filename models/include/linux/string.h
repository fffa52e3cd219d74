/* Clearing a whole object, which is all that is asked for here: of a type, not of bytes. */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

#define memset(pointer, zero, size) ((void)(*(pointer) = (__typeof__(*(pointer))){ zero }))

#endif
