/* A finished tcp-server in C, as a student may write it from `cargo course new tcp-server --language c`. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct client { int fd; char name[32]; };

static void *serve(void *given) {
    struct client *client = given;
    char buffer[1024];
    ssize_t n;
    while ((n = recv(client->fd, buffer, sizeof buffer, 0)) > 0) {
        printf("[%s] %zd bytes: %.*s", client->name, n, (int)n, buffer);
        if (buffer[n - 1] != '\n') printf("\n");
        fflush(stdout);
    }
    close(client->fd);
    free(client);
    return NULL;
}

int main(int argc, char **argv) {
    char *colon = strrchr(argv[1], ':');
    *colon = 0;
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(atoi(colon + 1))};
    inet_pton(AF_INET, argv[1], &own.sin_addr);
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&own, sizeof own) < 0) { perror("bind"); return 2; }
    listen(listener, 16);
    fprintf(stderr, "listening on %s:%s\n", argv[1], colon + 1);
    for (;;) {
        struct sockaddr_in peer;
        socklen_t length = sizeof peer;
        int fd = accept(listener, (struct sockaddr *)&peer, &length);
        struct client *client = malloc(sizeof *client);
        client->fd = fd;
        snprintf(client->name, sizeof client->name, "%s:%d", inet_ntoa(peer.sin_addr), ntohs(peer.sin_port));
        pthread_t thread;
        pthread_create(&thread, NULL, serve, client);
        pthread_detach(thread);
    }
}
