/* Operations on containers and their processes. */
#include "cgroup.h"
#include "events.h"
#include "exec.h"
#include "files.h"
#include "operations.h"
#include "process.h"
#include "ps.h"
#include "runtime.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/** The container the request names, or NULL and an answer. */
static struct container *wanted_container(struct request *request) {
    char id[ID_SIZE];
    if (!want_id(request, "container", id)) return NULL;
    struct container *container = container_find(id);
    if (container && container->init.status != STATUS_CREATING) return container;
    if (container)
        reply_error(&request->to, "bad-state", "container %s is being created", id);
    else
        reply_error(&request->to, "no-such-container", "%s", id);
    return NULL;
}

/** The init or exec the request names, or NULL and an answer. */
static struct process *wanted_process(struct request *request) {
    struct container *container = wanted_container(request);
    if (!container || !json_get(&request->json, request->root, "exec")) return container ? &container->init : NULL;
    char id[ID_SIZE];
    if (!want_id(request, "exec", id)) return NULL;
    struct process *process = exec_find(container, id);
    if (!process) reply_error(&request->to, "no-such-exec", "%s", id);
    return process;
}

/** Reads `terminal`, `rows` and `columns` of create and exec. */
static bool parse_terminal(struct request *request, bool *terminal, int64_t *rows, int64_t *columns) {
    return may_boolean(request, "terminal", terminal) && may_integer(request, "rows", 0, 65535, rows) &&
           may_integer(request, "columns", 0, 65535, columns);
}

enum outcome op_create(struct request *request) {
    char id[ID_SIZE], bundle[PATH_SIZE], config[PATH_SIZE];
    bool terminal = false;
    int64_t rows = 0, columns = 0;
    if (!want_id(request, "container", id) || !parse_terminal(request, &terminal, &rows, &columns)) return OP_DONE;
    if (!request->tail) return reply_error(&request->to, "bad-request", "no config.json");
    if (container_find(id)) return reply_error(&request->to, "exists", "container %s", id);
    bundle_path(id, "", bundle);
    bundle_path(id, "config.json", config);
    if (!make_directories(bundle, 0711) || !file_replace(config, request->tail, request->tail_length, 0600, 0, 0))
        return reply_errno(&request->to, config);
    struct container *container = container_add(id);
    if (!container) return reply_error(&request->to, "limit", "too many containers");
    if (rows > 0) stdio_set_size(&container->init.stdio, (uint16_t)rows, (uint16_t)columns, 0, 0);
    runtime_create(container, terminal, &request->to);
    return OP_DONE;
}

enum outcome op_exec(struct request *request) {
    char id[ID_SIZE];
    bool terminal = false;
    int64_t rows = 0, columns = 0;
    struct container *container = wanted_container(request);
    if (!container || !want_id(request, "exec", id)) return OP_DONE;
    if (!parse_terminal(request, &terminal, &rows, &columns)) return OP_DONE;
    if (!request->tail) return reply_error(&request->to, "bad-request", "no process");
    if (exec_find(container, id)) return reply_error(&request->to, "exists", "exec %s", id);
    struct process *process = exec_add(container, id);
    if (!process) return reply_error(&request->to, "limit", "too many execs");
    process->spec = malloc(request->tail_length + 1);
    process->stdio.terminal = terminal;
    if (rows > 0) process->stdio.size = (struct winsize){.ws_row = (uint16_t)rows, .ws_col = (uint16_t)columns};
    if (!process->spec || (!terminal && !stdio_open_pipes(&process->stdio, process->theirs))) {
        exec_remove(process);
        return reply_errno(&request->to, "stdio");
    }
    memcpy(process->spec, request->tail, request->tail_length);
    process->spec_length = request->tail_length;
    return reply_ok(&request->to, NULL), OP_DONE;
}

enum outcome op_start(struct request *request) {
    struct process *process = wanted_process(request);
    if (!process) return OP_DONE;
    struct container *container = process->container;
    if (process->status != STATUS_CREATED)
        return reply_error(&request->to, process->status == STATUS_STOPPED ? "not-running" : "bad-state",
                           "it has been started already");
    if (process != &container->init) {
        if (container->init.status == STATUS_STOPPED || container->paused)
            return reply_error(&request->to, "bad-state", "container %s is not running", container->id);
        exec_start(process, &request->to);
        return OP_DONE;
    }
    if (!runtime_start(container)) return reply_errno(&request->to, "starting the init");
    process->status = STATUS_RUNNING;
    struct text body = {0};
    text_format(&body, "{\"pid\":%d}", (int)process->pid);
    return reply_ok(&request->to, &body), OP_DONE;
}

enum outcome op_attach(struct request *request) {
    bool kill_on_close = true;
    struct process *process = wanted_process(request);
    if (!process || !may_boolean(request, "killOnClose", &kill_on_close)) return OP_DONE;
    if (process->stdio.channel || process_on_channel(request->to.channel))
        return reply_error(&request->to, "exists", "attached already");
    if (process->stdio.finished) return reply_error(&request->to, "not-running", "its output was delivered already");
    struct text body = {0};
    text_format(&body, "{\"terminal\":%s}", process->stdio.terminal ? "true" : "false");
    reply_ok(&request->to, &body);
    stdio_attach(&process->stdio, request->to.channel, kill_on_close);
    return OP_DONE;
}

enum outcome op_signal(struct request *request) {
    int64_t number;
    bool all = false;
    struct process *process = wanted_process(request);
    if (!process || !want_integer(request, "signal", 0, 64, &number) || !may_boolean(request, "all", &all))
        return OP_DONE;
    if (process->status == STATUS_STOPPED) return reply_error(&request->to, "not-running", "it has ended");
    bool all_killed = all && number == SIGKILL && cgroup_kill(process->container);
    if (all && !all_killed)
        cgroup_signal(process->container, (int)number);
    else if (!all && !process_signal(process, (int)number))
        return errno == ESRCH ? reply_error(&request->to, "not-running", "it has not started or has ended")
                              : reply_errno(&request->to, "kill");
    return reply_ok(&request->to, NULL), OP_DONE;
}

enum outcome op_resize(struct request *request) {
    int64_t rows, columns;
    struct process *process = wanted_process(request);
    if (!process || !want_integer(request, "rows", 0, 65535, &rows) ||
        !want_integer(request, "columns", 0, 65535, &columns))
        return OP_DONE;
    stdio_set_size(&process->stdio, (uint16_t)rows, (uint16_t)columns, 0, 0);
    return reply_ok(&request->to, NULL), OP_DONE;
}

static size_t count_waiters(const struct process *process) {
    size_t count = 0;
    for (const struct waiter *waiter = process->waiters; waiter; waiter = waiter->next)
        count++;
    return count;
}

enum outcome op_wait(struct request *request) {
    struct process *process = wanted_process(request);
    if (!process) return OP_DONE;
    if (process->status == STATUS_STOPPED) {
        struct text body = {0};
        text_add(&body, "{");
        process_describe_exit(process, &body);
        text_format(&body, ",\"exitedAtNs\":\"%lld\"}", (long long)process->exit.at_ns);
        return reply_ok(&request->to, &body), OP_DONE;
    }
    struct waiter *waiter = count_waiters(process) < WAITERS_MAX ? malloc(sizeof(*waiter)) : NULL;
    if (!waiter) return reply_error(&request->to, "limit", "too many wait for it");
    *waiter = (struct waiter){.to = request->to, .next = process->waiters};
    process->waiters = waiter;
    return OP_DONE;
}

static enum outcome freeze(struct request *request, bool wanted) {
    struct container *container = wanted_container(request);
    if (!container) return OP_DONE;
    if (container->init.status == STATUS_STOPPED) return reply_error(&request->to, "not-running", "it has ended");
    if (request->stage == 0 && container->paused == wanted)
        return reply_error(&request->to, "bad-state", wanted ? "it is paused" : "it is not paused");
    if (request->stage == 0 && !cgroup_freeze(container, wanted)) return reply_errno(&request->to, "cgroup.freeze");
    request->stage = 1;
    if (cgroup_is_frozen(container) == wanted) {
        container->paused = wanted;
        return reply_ok(&request->to, NULL), OP_DONE;
    }
    if (!request->expired) return OP_AGAIN;
    cgroup_freeze(container, !wanted);
    return reply_error(&request->to, "system", "its processes did not %s in time", wanted ? "stop" : "go on");
}

enum outcome op_pause(struct request *request) {
    return freeze(request, true);
}

enum outcome op_resume(struct request *request) {
    return freeze(request, false);
}

enum outcome op_update(struct request *request) {
    struct container *container = wanted_container(request);
    if (!container) return OP_DONE;
    if (!request->tail) return reply_error(&request->to, "bad-request", "no resources");
    runtime_update(container, request->tail, request->tail_length, &request->to);
    return OP_DONE;
}

enum outcome op_stats(struct request *request) {
    struct container *container = wanted_container(request);
    if (!container) return OP_DONE;
    struct text body = {0};
    cgroup_stats(container, &body);
    return reply_ok(&request->to, &body), OP_DONE;
}

enum outcome op_ps(struct request *request) {
    struct container *container = wanted_container(request);
    if (!container) return OP_DONE;
    struct text body = {0};
    ps_list(container, &body);
    return reply_ok(&request->to, &body), OP_DONE;
}

static const char *status_name(const struct process *process) {
    switch (process->status) {
    case STATUS_CREATING:
    case STATUS_CREATED:
        return "created";
    case STATUS_RUNNING:
        return process->container->paused ? "paused" : "running";
    default:
        return "stopped";
    }
}

enum outcome op_list(struct request *request) {
    struct text body = {0};
    text_add(&body, "{\"containers\":[");
    for (struct container *container = container_first(); container; container = container->next) {
        text_separate(&body);
        text_add(&body, "{");
        text_string(&body, "container", container->id);
        text_string(&body, "status", status_name(&container->init));
        text_number(&body, "pid", (uint64_t)container->init.pid);
        text_add(&body, ",\"execs\":[");
        for (struct process *exec = container->execs; exec; exec = exec->next) {
            text_separate(&body);
            text_add(&body, "{");
            text_string(&body, "exec", exec->id);
            text_string(&body, "status", status_name(exec));
            text_number(&body, "pid", (uint64_t)exec->pid);
            text_add(&body, "}");
        }
        text_add(&body, "]}");
    }
    text_add(&body, "]}");
    return reply_ok(&request->to, &body), OP_DONE;
}

static enum outcome delete_exec(struct request *request, struct process *process, bool force) {
    bool ended = process->status == STATUS_STOPPED || (process->status == STATUS_CREATED && process->pid == 0);
    if (!ended && !force) return reply_error(&request->to, "bad-state", "exec %s is running", process->id);
    if (!ended) process_signal(process, SIGKILL);
    exec_remove(process);
    return reply_ok(&request->to, NULL), OP_DONE;
}

static void nothing(pid_t pid, void *count) {
    (void)pid;
    ++*(int *)count;
}

static bool is_being_created(const char *id) {
    const struct container *container = container_find(id);
    return container && container->init.status == STATUS_CREATING;
}

enum outcome op_delete(struct request *request) {
    char id[ID_SIZE];
    bool force = false;
    if (!want_id(request, "container", id) || !may_boolean(request, "force", &force)) return OP_DONE;
    /* Whoever asked for the create may have been killed, and nobody would delete the container afterwards. */
    if (force && !request->expired && is_being_created(id)) return OP_AGAIN;
    struct process *process = wanted_process(request);
    if (!process) return OP_DONE;
    struct container *container = process->container;
    if (process != &container->init) return delete_exec(request, process, force);
    /* A created one counts as not running, as in runc: nothing of the user's has run yet. */
    if (container->init.status == STATUS_RUNNING && !force)
        return reply_error(&request->to, "bad-state", "container %s is running", container->id);
    int processes = 0;
    cgroup_each_process(container, nothing, &processes);
    if (processes > 0 || container->init.status != STATUS_STOPPED) {
        if (request->expired) return reply_error(&request->to, "system", "%d processes cannot be killed", processes);
        cgroup_freeze(container, false);
        cgroup_kill(container);
        process_signal(&container->init, SIGKILL);
        return OP_AGAIN;
    }
    cgroup_remove(container);
    container_remove(container);
    runtime_clean(id);
    return reply_ok(&request->to, NULL), OP_DONE;
}

enum outcome op_events(struct request *request) {
    if (!events_subscribe(request->to.channel)) return reply_error(&request->to, "limit", "too many listen to events");
    return reply_ok(&request->to, NULL), OP_DONE;
}
