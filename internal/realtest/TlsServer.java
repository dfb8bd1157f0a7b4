import java.io.FileInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A TLS server on 127.0.0.1: PORT KEYSTORE PASSWORD VERSIONS SUITES SERVERORDER, lists separated by commas. */
public class TlsServer {
    public static void main(String[] args) throws Exception {
        char[] password = args[2].toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(args[1])) {
            store.load(in, password);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        SSLServerSocket listener = (SSLServerSocket) context.getServerSocketFactory()
                .createServerSocket(Integer.parseInt(args[0]), 100, InetAddress.getByName("127.0.0.1"));
        SSLParameters parameters = listener.getSSLParameters();
        parameters.setProtocols(args[3].split(","));
        parameters.setCipherSuites(args[4].split(","));
        parameters.setUseCipherSuitesOrder(Boolean.parseBoolean(args[5]));
        listener.setSSLParameters(parameters);
        while (true) {
            SSLSocket socket = (SSLSocket) listener.accept();
            Thread thread = new Thread(() -> serve(socket));
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void serve(SSLSocket socket) {
        try (socket) {
            socket.startHandshake();
            while (socket.getInputStream().read() >= 0) {
                // Whatever it is, it is not answered.
            }
        } catch (Exception e) {
            System.out.println(e);
        }
    }
}
