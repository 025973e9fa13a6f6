import java.io.*;
import java.net.*;
import java.nio.charset.*;

class DefaultCharset {
    public static void main(String[] args) throws Exception {
        int colon = args[0].lastIndexOf(':');
        SocketAddress peer = new InetSocketAddress(
                args[0].substring(0, colon), Integer.parseInt(args[0].substring(colon + 1)));
        DatagramSocket socket = new DatagramSocket();
        new Thread(() -> receive(socket)).start();

        // What getBytes() without an argument takes on a Chinese Windows.
        Charset ofTheComputer = Charset.forName("GBK");
        BufferedReader keyboard = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line;
        while ((line = keyboard.readLine()) != null) {
            byte[] data = line.getBytes(ofTheComputer);
            socket.send(new DatagramPacket(data, data.length, peer));
            if (line.equals("88")) {
                System.exit(0);
            }
        }
    }

    static void receive(DatagramSocket socket) {
        try {
            PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
                socket.receive(packet);
                String text = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
                out.println("[" + packet.getAddress().getHostAddress() + ":" + packet.getPort() + "] " + text);
                if (text.equals("88")) {
                    System.exit(0);
                }
            }
        } catch (IOException error) {
            System.err.println(error);
        }
    }
}
