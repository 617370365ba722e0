package dev.outpost.runtime.fleet.enrol;

import dev.outpost.provisioning.identity.DeviceKey;
import dev.outpost.provisioning.identity.FileKey;
import dev.outpost.provisioning.identity.TokenKey;
import dev.outpost.provisioning.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;

/** Where the device's key lives. */
public sealed interface KeyPlace {

    /** Opens the key. */
    DeviceKey open(Storage storage);

    /** A file of mode 0600 in the state directory, made the first time. */
    record InFile() implements KeyPlace {
        @Override
        public DeviceKey open(Storage storage) {
            return FileKey.openOrCreate(storage);
        }
    }

    /**
     * A TPM, smart card or software token through the JDK's PKCS#11 provider; the token's own tool made the key and a
     * self-signed certificate that names it.
     *
     * @param configuration file of the provider, see the JDK's PKCS#11 reference guide
     * @param alias label of key and certificate
     * @param pinFile its first line is the PIN
     */
    record InToken(Path configuration, String alias, Path pinFile) implements KeyPlace {
        @Override
        public DeviceKey open(Storage storage) {
            char[] pin = new char[0];
            try {
                Provider provider = Security.getProvider("SunPKCS11").configure(configuration.toString());
                // TLS asks all installed providers for one that takes the token's handle.
                Security.addProvider(provider);
                try (var lines = Files.lines(pinFile)) {
                    pin = lines.findFirst().orElse("").strip().toCharArray();
                }
                KeyStore store = KeyStore.getInstance("PKCS11", provider);
                store.load(null, pin);
                return TokenKey.of(store, alias, pin);
            } catch (IOException | GeneralSecurityException | RuntimeException e) {
                throw new IllegalStateException("token cannot be used: configuration=" + configuration + ", alias="
                        + alias + ", " + e.getMessage(), e);
            } finally {
                Arrays.fill(pin, ' ');
            }
        }
    }
}
