/**
 * Switches beside Playwright's own. Never one that ignores certificate errors, and no second
 * `--disable-features`: Chromium keeps only the last, and Playwright sets one.
 */
export function chromiumFlags({ proxyPort, keyLog }: { proxyPort: number; keyLog: string | null }): string[] {
  return [
    `--proxy-server=http://127.0.0.1:${proxyPort}`,
    // Without this, loopback names bypass the proxy.
    "--proxy-bypass-list=<-loopback>",
    // The proxy resolves all names. Chromium itself would still ask for those of WebRTC's TURN servers.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    // Full Chromium reads the first, headless-shell the second; the wrong one is ignored silently.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    ...(keyLog === null ? [] : [`--ssl-key-log-file=${keyLog}`]),
    "--disable-gpu",
    "--no-pings",
    "--dns-prefetch-disable",
    "--disable-domain-reliability",
    "--disable-sync",
    "--mute-audio",
    // With Chromium's default, what the user types while a page gives way to the next of its site can leave that one
    // deaf to all input until there is another; see the test of this file.
    "--enable-features=RenderDocument:level/subframe",
  ];
}
