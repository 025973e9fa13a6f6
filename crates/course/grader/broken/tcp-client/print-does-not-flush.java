import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

class PrintDoesNotFlush {
    public static void main(String[] args) throws Exception {
        int colon = args[0].lastIndexOf(':');
        Socket socket = new Socket(args[0].substring(0, colon), Integer.parseInt(args[0].substring(colon + 1)));
        Thread receiver = new Thread(() -> receive(socket));
        receiver.start();

        PrintWriter out = new PrintWriter(
                new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8), true);
        if (args.length > 1) {
            out.print(String.join(" ", Arrays.copyOfRange(args, 1, args.length)));
        } else {
            BufferedReader keyboard = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            String line;
            while ((line = keyboard.readLine()) != null) {
                out.println(line);
            }
        }
        socket.shutdownOutput();
        receiver.join();
    }

    static void receive(Socket socket) {
        try {
            socket.getInputStream().transferTo(System.out);
            System.out.flush();
        } catch (IOException error) {
            System.err.println(error);
        }
    }
}
