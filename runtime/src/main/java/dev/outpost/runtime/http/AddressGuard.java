package dev.outpost.runtime.http;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Refuses what a browser may be tricked into sending: names that are not ours (DNS rebinding), foreign origins, and
 * requests whose length two readers could see differently. Any thread.
 */
final class AddressGuard {

    private final Set<String> hosts = new HashSet<>(Set.of("localhost", "[::1]"));

    AddressGuard(List<String> allowedHosts) {
        allowedHosts.forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
    }

    void check(Exchange exchange) {
        String host = exchange.requestHeader("host").orElse("").toLowerCase(Locale.ROOT);
        if (exchange.requestHeaderCount("host") != 1) {
            throw new ApiException(ApiError.badRequest("host header: expected=1, found="
                    + exchange.requestHeaderCount("host")));
        }
        if (!allowed(withoutPort(host))) {
            throw new ApiException(ApiError.forbidden("host_not_allowed",
                    "host is not served here: add it to the allowed hosts: host=" + shown(host)));
        }
        exchange.requestHeader("origin").ifPresent(origin -> {
            if (!origin.equalsIgnoreCase("http://" + host) && !origin.equalsIgnoreCase("https://" + host)) {
                throw new ApiException(ApiError.forbidden("origin_not_allowed",
                        "requests of web pages from elsewhere are refused: origin=" + shown(origin)));
            }
        });
        int lengths = exchange.requestHeaderCount("content-length");
        if (lengths > 1 || lengths == 1 && exchange.requestHeaderCount("transfer-encoding") > 0) {
            throw new ApiException(ApiError.badRequest("body length is given more than once"));
        }
    }

    private boolean allowed(String name) {
        return hosts.contains(name) || name.matches("127(\\.[0-9]{1,3}){3}");
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    private static String shown(String text) {
        String printable = text.replaceAll("[^\\x21-\\x7e]", "?");
        return printable.length() <= 100 ? printable : printable.substring(0, 100);
    }
}
