#include "relay.h"
#include "tsc.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: berth-relay sandbox --channel PATH --listen PATH [--console PATH --console-log PATH [--console-bytes N]]\n"
    "                           [--connect-timeout-ms N] [--foreground]\n"
    "       berth-relay process --agent PATH --container ID [--exec ID] [--terminal [--console-socket PATH]]\n"
    "                           [--exit-file PATH] [--ready-fd N]\n"
    "       berth-relay tsc-khz\n"
    "       berth-relay --version\n";

static int wrong_usage(void) {
    fputs(usage, stderr);
    return 2;
}

static bool number(const char *text, long *value) {
    char *end;
    *value = strtol(text, &end, 10);
    return *text && !*end && *value >= 0;
}

static int sandbox_command(int argc, char **argv) {
    static const struct option known[] = {
        {"channel", required_argument, NULL, 'c'},       {"listen", required_argument, NULL, 'l'},
        {"console", required_argument, NULL, 'o'},       {"console-log", required_argument, NULL, 'g'},
        {"console-bytes", required_argument, NULL, 'b'}, {"connect-timeout-ms", required_argument, NULL, 't'},
        {"foreground", no_argument, NULL, 'f'},          {0},
    };
    struct sandbox_options options = {.console_bytes = 256 * 1024, .connect_timeout_ms = 60000};
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (option) {
        case 'c':
            options.channel = optarg;
            break;
        case 'l':
            options.listen = optarg;
            break;
        case 'o':
            options.console = optarg;
            break;
        case 'g':
            options.console_log = optarg;
            break;
        case 'b':
            if (!number(optarg, &options.console_bytes)) return wrong_usage();
            break;
        case 't':
            if (!number(optarg, &options.connect_timeout_ms)) return wrong_usage();
            break;
        case 'f':
            options.foreground = true;
            break;
        default:
            return wrong_usage();
        }
    }
    if (optind != argc || !options.channel || !options.listen || !options.console != !options.console_log)
        return wrong_usage();
    return sandbox_main(&options);
}

static int process_command(int argc, char **argv) {
    static const struct option known[] = {
        {"agent", required_argument, NULL, 'a'},          {"container", required_argument, NULL, 'c'},
        {"exec", required_argument, NULL, 'e'},           {"terminal", no_argument, NULL, 't'},
        {"console-socket", required_argument, NULL, 's'}, {"exit-file", required_argument, NULL, 'x'},
        {"ready-fd", required_argument, NULL, 'r'},       {0},
    };
    struct process_options options = {.ready_fd = -1};
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        long value;
        switch (option) {
        case 'a':
            options.agent = optarg;
            break;
        case 'c':
            options.container = optarg;
            break;
        case 'e':
            options.exec = optarg;
            break;
        case 't':
            options.terminal = true;
            break;
        case 's':
            options.console_socket = optarg;
            break;
        case 'x':
            options.exit_file = optarg;
            break;
        case 'r':
            if (!number(optarg, &value) || value < 3 || value > 1024) return wrong_usage();
            options.ready_fd = (int)value;
            break;
        default:
            return wrong_usage();
        }
    }
    if (optind != argc || !options.agent || !options.container || (options.console_socket && !options.terminal))
        return wrong_usage();
    return process_main(&options);
}

int main(int argc, char **argv) {
    if (argc < 2) return wrong_usage();
    if (strcmp(argv[1], "sandbox") == 0) return sandbox_command(argc - 1, argv + 1);
    if (strcmp(argv[1], "process") == 0) return process_command(argc - 1, argv + 1);
    if (argc == 2 && strcmp(argv[1], "tsc-khz") == 0) {
        printf("%lu\n", tsc_khz());
        return 0;
    }
    if (strcmp(argv[1], "--version") != 0) return wrong_usage();
    puts("berth-relay, agent protocol 1");
    return 0;
}
