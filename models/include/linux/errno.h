#ifndef _LINUX_ERRNO_H
#define _LINUX_ERRNO_H

#define ENOENT 2
#define ENXIO 6
#define EAGAIN 11
#define EBUSY 16
#define EINVAL 22
#define EDEADLK 35

#endif
