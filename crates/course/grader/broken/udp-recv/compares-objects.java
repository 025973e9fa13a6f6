import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;

class ComparesObjects {
    public static void main(String[] args) throws IOException {
        int colon = args[0].lastIndexOf(':');
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(
                args[0].substring(0, colon), Integer.parseInt(args[0].substring(colon + 1))));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        byte[] buffer = new byte[2048];
        String text = "";
        while (text != "88") {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            socket.receive(packet);
            text = new String(buffer, 0, packet.getLength(), StandardCharsets.UTF_8);
            out.println("[" + packet.getAddress().getHostAddress() + ":" + packet.getPort() + "] " + text);
        }
    }
}
