import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.Collections;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A little SMTP server over TLS on 127.0.0.1: PORT KEYSTORES PASSWORD VERSIONS SUITES SERVERORDER SILENT, lists separated by commas. */
public class TlsServer {
    public static void main(String[] args) throws Exception {
        char[] password = args[2].toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (String file : args[1].split(",")) {
            KeyStore one = KeyStore.getInstance("PKCS12");
            try (InputStream in = new FileInputStream(file)) {
                one.load(in, password);
            }
            for (String alias : Collections.list(one.aliases())) {
                store.setKeyEntry(alias, one.getKey(alias, password), password, one.getCertificateChain(alias));
            }
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
        boolean silent = Boolean.parseBoolean(args[6]);
        while (true) {
            SSLSocket socket = (SSLSocket) listener.accept();
            Thread thread = new Thread(() -> serve(socket, silent));
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void serve(SSLSocket socket, boolean silent) {
        try (socket) {
            socket.startHandshake();
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            Writer out = new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.US_ASCII);
            if (!silent) {
                say(out, "220 mail.test ESMTP");
            }
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                boolean quit = line.equalsIgnoreCase("QUIT");
                if (!silent) {
                    say(out, quit ? "221 bye" : "250 mail.test");
                }
                if (quit) {
                    return;
                }
            }
        } catch (Exception e) {
            System.out.println(e);
        }
    }

    private static void say(Writer out, String line) throws IOException {
        out.write(line + "\r\n");
        out.flush();
    }
}
