import { createSession, type Check } from "../check.ts";
import { expectRefusal } from "../expect.ts";

const section = "Webhook URL";

const good = [
  "https://example.com",
  "https://your-app.com/webhooks/cr3dentials",
  "https://hooks.example.co.uk:8443/a/b?c=d",
  "https://EXAMPLE.com/Upper",
  "https://xn--bcher-kva.example.com/",
];

const bad: Record<string, string[]> = {
  "not a URL": ["", " ", "example.com", "//example.com/x", "https://", "https:///path", "not a url"],
  "not https": [
    "http://example.com/hook",
    "ftp://example.com/x",
    "ws://example.com/x",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/plain,x",
  ],
  "without a valid top-level domain": [
    "https://localhost/x",
    "https://intranet/x",
    "https://printer.local/x",
    "https://db.internal/x",
    "https://bank.invalidtld/x",
    "https://x.test/",
    "https://x.example/",
    "https://com/",
    "https://co.uk/",
    "https://x.onion/",
    "https://1.0.0.127.in-addr.arpa/",
    "https://example.com./x",
  ],
  "an IPv4 address, in any notation": [
    "https://127.0.0.1/x",
    "https://8.8.8.8/x",
    "https://10.0.0.1/x",
    "https://192.168.0.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://0.0.0.0/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
  ],
  "an IPv6 address": [
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/",
    "https://[fd00::1]/",
    "https://[2606:4700::1111]/",
  ],
  "with a user name or password": ["https://user@example.com/x", "https://user:pass@example.com/x"],
  "with a fragment": ["https://example.com/x#part", "https://example.com/#"],
  "longer than 2048 characters": [`https://example.com/${"x".repeat(2048)}`],
};

export const webhookUrlChecks: Check[] = [
  {
    section,
    rule: "an https URL with a valid TLD is taken",
    async run(context) {
      for (const webhookUrl of good) await createSession(context, { webhookUrl });
    },
  },
  ...Object.entries(bad).map(([what, urls]): Check => ({
    section,
    rule: `one that is ${what} is 400 and named (${urls.length} forms)`,
    async run({ call, platformId }) {
      for (const webhookUrl of urls)
        expectRefusal(await call("POST", "/partner/browser-session", { body: { platformId, webhookUrl } }), 400, {
          param: "webhookUrl",
        });
    },
  })),
];
