#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    char *colon = strrchr(argv[1], ':');
    *colon = 0;
    struct sockaddr_in own = {0};
    own.sin_family = AF_INET;
    own.sin_port = atoi(colon + 1);
    inet_pton(AF_INET, argv[1], &own.sin_addr);
    int sock = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(sock, (struct sockaddr *)&own, sizeof own) < 0) {
        perror("bind");
        return 1;
    }
    fprintf(stderr, "listening on %s:%s\n", argv[1], colon + 1);

    char data[2048];
    for (;;) {
        struct sockaddr_in from;
        socklen_t length = sizeof from;
        ssize_t bytes = recvfrom(sock, data, sizeof data, 0, (struct sockaddr *)&from, &length);
        if (bytes < 0) return 1;
        printf("[%s:%d] %.*s\n", inet_ntoa(from.sin_addr), ntohs(from.sin_port), (int)bytes, data);
        fflush(stdout);
        if (bytes == 2 && memcmp(data, "88", 2) == 0) return 0;
    }
}
