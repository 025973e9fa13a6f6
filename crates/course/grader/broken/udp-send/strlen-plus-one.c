#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
    char *colon = strrchr(argv[1], ':');
    *colon = 0;
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(atoi(colon + 1));
    inet_pton(AF_INET, argv[1], &to.sin_addr);
    int sock = socket(AF_INET, SOCK_DGRAM, 0);

    char text[65536] = "";
    for (int word = 2; word < argc; word++) {
        strcat(text, argv[word]);
        if (word + 1 < argc) strcat(text, " ");
    }
    if (argc > 2) {
        sendto(sock, text, strlen(text) + 1, 0, (struct sockaddr *)&to, sizeof to);
        return 0;
    }
    while (fgets(text, sizeof text, stdin)) {
        text[strcspn(text, "\n")] = 0;
        sendto(sock, text, strlen(text), 0, (struct sockaddr *)&to, sizeof to);
        if (strcmp(text, "88") == 0) break;
    }
    return 0;
}
