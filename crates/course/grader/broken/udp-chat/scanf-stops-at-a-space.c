#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int sock;

void *receive(void *unused) {
    char data[2048];
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    for (;;) {
        ssize_t bytes = recvfrom(sock, data, sizeof data, 0, (struct sockaddr *)&from, &length);
        if (bytes < 0) return unused;
        printf("[%s:%d] %.*s\n", inet_ntoa(from.sin_addr), ntohs(from.sin_port), (int)bytes, data);
        fflush(stdout);
        if (bytes == 2 && memcmp(data, "88", 2) == 0) exit(0);
    }
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    char *colon = strrchr(argv[1], ':');
    *colon = 0;
    struct sockaddr_in peer = {0}, own = {0};
    peer.sin_family = own.sin_family = AF_INET;
    peer.sin_port = htons(atoi(colon + 1));
    inet_pton(AF_INET, argv[1], &peer.sin_addr);
    sock = socket(AF_INET, SOCK_DGRAM, 0);
    bind(sock, (struct sockaddr *)&own, sizeof own);

    pthread_t thread;
    pthread_create(&thread, NULL, receive, NULL);
    char line[2048];
    while (scanf("%2047s", line) == 1) {
        sendto(sock, line, strlen(line), 0, (struct sockaddr *)&peer, sizeof peer);
        if (strcmp(line, "88") == 0) exit(0);
    }
    pthread_join(thread, NULL);
    return 0;
}
