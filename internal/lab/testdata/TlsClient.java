import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Connects to PORT of 127.0.0.1 once for each VERSION:SUITE or VERSION,VERSION:SUITE, greets the IMAP server there, and says what came of it. */
public class TlsClient {
    public static void main(String[] args) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsAll()}, null);
        for (int i = 1; i < args.length; i++) {
            String[] offer = args[i].split(":");
            String result;
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", Integer.parseInt(args[0]))) {
                socket.setSoTimeout(30000);
                socket.setEnabledProtocols(offer[0].split(","));
                socket.setEnabledCipherSuites(new String[] {offer[1]});
                socket.startHandshake();
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                OutputStream out = socket.getOutputStream();
                result = in.readLine();
                out.write("a NOOP\r\n".getBytes(StandardCharsets.US_ASCII));
                out.flush();
                result += " " + in.readLine();
            } catch (Exception e) {
                result = e.toString();
            }
            System.out.println(args[i] + " " + result);
        }
    }

    static class TrustsAll extends X509ExtendedTrustManager {
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
