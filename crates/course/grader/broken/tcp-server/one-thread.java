import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;

class OneThread {
    public static void main(String[] args) throws IOException {
        int colon = args[0].lastIndexOf(':');
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        String host = args[0].substring(0, colon);
        listener.bind(new InetSocketAddress(host, Integer.parseInt(args[0].substring(colon + 1))), 128);
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        while (true) {
            try (Socket client = listener.accept()) {
                Reader in = new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8);
                char[] text = new char[1024];
                int length;
                while ((length = in.read(text)) != -1) {
                    out.print(new String(text, 0, length));
                    out.flush();
                }
            } catch (IOException error) {
                System.err.println(error);
            }
        }
    }
}
