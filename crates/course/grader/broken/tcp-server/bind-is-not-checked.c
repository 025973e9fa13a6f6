#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void *serve(void *client) {
    int conn = (int)(long)client;
    char data[4096];
    ssize_t bytes;
    while ((bytes = recv(conn, data, sizeof data, 0)) > 0) {
        fwrite(data, 1, bytes, stdout);
        fflush(stdout);
    }
    close(conn);
    return NULL;
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    char *colon = strrchr(argv[1], ':');
    *colon = 0;
    struct sockaddr_in own = {0};
    own.sin_family = AF_INET;
    own.sin_port = htons(atoi(colon + 1));
    inet_pton(AF_INET, argv[1], &own.sin_addr);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&own, sizeof own);
    listen(listener, 128);
    for (;;) {
        int conn = accept(listener, NULL, NULL);
        pthread_t thread;
        pthread_create(&thread, NULL, serve, (void *)(long)conn);
        pthread_detach(thread);
    }
}
