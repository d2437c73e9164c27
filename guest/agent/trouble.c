#include "trouble.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/reboot.h>
#include <unistd.h>

static void say(const char *format, va_list arguments) {
    char line[512];
    vsnprintf(line, sizeof(line), format, arguments);
    dprintf(2, "berth-agent: %s\n", line);
}

void trouble(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

void give_up(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    sync();
    reboot(RB_POWER_OFF);
    _exit(1);
}
