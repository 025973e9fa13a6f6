import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;

class WaitsForALine {
    public static void main(String[] args) throws IOException {
        int colon = args[0].lastIndexOf(':');
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        String host = args[0].substring(0, colon);
        listener.bind(new InetSocketAddress(host, Integer.parseInt(args[0].substring(colon + 1))), 128);
        while (true) {
            Socket client = listener.accept();
            new Thread(() -> serve(client)).start();
        }
    }

    static void serve(Socket client) {
        try (client) {
            PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
            BufferedReader in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            String line;
            while ((line = in.readLine()) != null) {
                out.println(client.getRemoteSocketAddress() + ": " + line);
            }
        } catch (IOException error) {
            System.err.println(error);
        }
    }
}
