#include "complain.h"

#include <stdarg.h>
#include <stdio.h>

void complain(const char *format, ...) {
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    fprintf(stderr, "berth-relay: %s\n", message);
}
