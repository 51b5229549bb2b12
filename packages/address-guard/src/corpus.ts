/** What the guards are tested on. Data only: attack tools and tests of every guard read the same lists. */

export interface CorpusAddress {
  address: string;
  what: string;
}

const named = (what: string, ...addresses: string[]): CorpusAddress[] =>
  addresses.map((address) => ({ address, what }));

export const refusedAddresses: readonly CorpusAddress[] = [
  ...named("unspecified, and this network", "0.0.0.0", "0.1.2.3", "::"),
  ...named("private", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255"),
  ...named("carrier-grade NAT", "100.64.0.1", "100.127.255.255"),
  ...named("loopback", "127.0.0.1", "127.0.0.53", "127.255.255.254", "::1"),
  ...named("link-local", "169.254.0.1", "169.254.255.255", "fe80::1", "febf::1", "fe80::1%eth0"),
  ...named("metadata of AWS, Google, Azure and more", "169.254.169.254", "fd00:ec2::254", "fd20:ce::254"),
  ...named("metadata of containers at AWS", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"),
  ...named("metadata of Alibaba Cloud", "100.100.100.200"),
  ...named("metadata of Oracle Cloud", "192.0.0.192"),
  ...named("host agent of Azure, at a public-looking address", "168.63.129.16", "::ffff:168.63.129.16"),
  ...named("protocol assignments", "192.0.0.1", "192.0.0.170", "2001:1::1"),
  ...named("documentation", "192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"),
  ...named("relays of 6to4", "192.88.99.1"),
  ...named(
    "AS112 and AMT",
    "192.31.196.1",
    "192.52.193.1",
    "192.175.48.1",
    "2001:4:112::1",
    "2620:4f:8000::1",
    "2001:3::1",
  ),
  ...named("benchmarks", "198.18.0.1", "198.19.255.255", "2001:2::1"),
  ...named("multicast", "224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"),
  ...named("reserved, broadcast", "240.0.0.1", "255.255.255.254", "255.255.255.255"),
  ...named("unique local", "fc00::1", "fd12:3456:789a::1", "fdff:ffff::1"),
  ...named("site-local of old", "fec0::1"),
  ...named("IPv4-mapped", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:a9fe:a9fe", "0:0:0:0:0:ffff:10.0.0.1"),
  ...named("IPv4-compatible", "::127.0.0.1", "::7f00:1", "::8.8.8.8"),
  ...named("IPv4-translated", "::ffff:0:127.0.0.1"),
  ...named("NAT64", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1"),
  ...named("6to4", "2002:7f00:1::", "2002:a9fe:a9fe::1"),
  ...named("Teredo", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
  ...named("ORCHID", "2001:10::1", "2001:20::1", "2001:30::1"),
  ...named("discard", "100::1"),
  ...named("segment routing", "5f00::1"),
  ...named("given to nobody", "1::1", "4000::1", "e000::1"),
  ...named("not an address in its strict form", "", "localhost", "127.1", "0x7f.1", "2130706433", "0177.0.0.1"),
  ...named(
    "not an address at all",
    "1.1.1.1/8",
    "1.1.1.1 ",
    "1.1.1.256",
    "1.1.1",
    "::1::",
    "[::1]",
    "2606:4700::1111%1",
  ),
];

export const publicAddresses: readonly CorpusAddress[] = [
  ...named("a name server", "1.1.1.1", "8.8.8.8", "9.9.9.9", "2606:4700:4700::1111", "2001:4860:4860::8888"),
  ...named("a web server", "93.184.216.34", "2a00:1450:4001:80b::200e", "2620:0:860:ed1a::1", "2400:cb00::1"),
  ...named(
    "beside a private network",
    "9.255.255.255",
    "11.0.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "192.167.255.255",
    "192.169.0.1",
  ),
  ...named("beside carrier-grade NAT", "100.63.255.255", "100.128.0.1"),
  ...named("beside loopback and link-local", "126.255.255.255", "128.0.0.1", "169.253.255.255", "169.255.0.1"),
  ...named(
    "beside documentation and benchmarks",
    "192.0.3.1",
    "198.17.255.255",
    "198.20.0.1",
    "203.0.114.1",
    "2001:db9::1",
  ),
  ...named("beside the host agent of Azure", "168.63.129.15", "168.63.129.17"),
  ...named("the last before multicast", "223.255.255.254"),
  ...named("beside what IANA keeps", "2001:200::1", "2003::1"),
  ...named("IPv4-mapped", "::ffff:8.8.8.8", "::ffff:808:808"),
];

export interface CorpusUrl {
  url: string;
  what: string;
  /** What a resolver says of its name. Without: the text alone must decide. */
  answers?: readonly string[];
}

/** Also a public address may not be named by its number: no list of hosts could tell whose it is. */
export const refusedUrls: readonly CorpusUrl[] = [
  { what: "dotted", url: "https://127.0.0.1/" },
  { what: "decimal", url: "https://2130706433/" },
  { what: "octal", url: "https://017700000001/" },
  { what: "octal, dotted", url: "https://0177.0.0.1/" },
  { what: "hexadecimal", url: "https://0x7f000001/" },
  { what: "hexadecimal, dotted", url: "https://0x7F.0x0.0x0.0x1/" },
  { what: "two parts", url: "https://127.1/" },
  { what: "three parts", url: "https://127.0.1/" },
  { what: "mixed bases", url: "https://0251.254.0xa9fe/" },
  { what: "zero", url: "https://0/" },
  { what: "final dot", url: "https://127.0.0.1./" },
  { what: "behind a name as user", url: "https://login.example.com@127.0.0.1/" },
  { what: "behind a name and port as user and password", url: "https://login.example.com:443@169.254.169.254/latest/" },
  { what: "no slashes", url: "https:127.0.0.1/" },
  { what: "backslashes", url: "https:\\\\127.0.0.1\\" },
  { what: "a tab within", url: "https://127.0.\t0.1/" },
  { what: "percent-encoded", url: "https://%31%32%37.0.0.1/" },
  { what: "ideographic full stops", url: "https://127\u30020\u30020\u30021/" },
  { what: "fullwidth digits", url: "https://\uff11\uff12\uff17.0.0.1/" },
  { what: "circled digits", url: "https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/" },
  { what: "IPv6 loopback", url: "https://[::1]/" },
  { what: "IPv6 written out", url: "https://[0000:0000:0000:0000:0000:0000:0000:0001]/" },
  { what: "IPv4-mapped", url: "https://[::ffff:127.0.0.1]/" },
  { what: "IPv4-mapped in hexadecimal", url: "https://[::ffff:a9fe:a9fe]/" },
  { what: "IPv4-compatible", url: "https://[::127.0.0.1]/" },
  { what: "NAT64", url: "https://[64:ff9b::7f00:1]/" },
  { what: "6to4", url: "https://[2002:7f00:1::]/" },
  { what: "Teredo", url: "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/" },
  { what: "unique local", url: "https://[fd00:ec2::254]/latest/meta-data/" },
  { what: "zone id", url: "https://[fe80::1%25eth0]/" },
  { what: "zone id, not encoded", url: "https://[fe80::1%eth0]/" },
  { what: "a public address by its number", url: "https://8.8.8.8/" },
  { what: "a public IPv6 address by its number", url: "https://[2606:4700:4700::1111]/" },
  { what: "a name of this machine", url: "https://localhost/", answers: ["127.0.0.1", "::1"] },
  { what: "a name of this machine with a final dot", url: "https://localhost./", answers: ["127.0.0.1"] },
  { what: "a name for a number", url: "https://127.0.0.1.nip.example.com/", answers: ["127.0.0.1"] },
  { what: "a name that leads inside", url: "https://inside.example.com/", answers: ["10.0.0.5"] },
  {
    what: "a name with a public and a private answer",
    url: "https://both.example.com/",
    answers: ["93.184.216.34", "10.0.0.5"],
  },
  { what: "a name that leads to metadata", url: "https://meta.example.com/", answers: ["169.254.169.254"] },
  { what: "a name with a mapped answer", url: "https://mapped.example.com/", answers: ["::ffff:127.0.0.1"] },
  { what: "a name with a NAT64 answer", url: "https://nat64.example.com/", answers: ["64:ff9b::a00:1"] },
  { what: "a name with an answer that is none", url: "https://odd.example.com/", answers: ["0x7f.1"] },
  { what: "a name without an answer", url: "https://none.example.com/", answers: [] },
];

const web = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"] as const;

export const acceptedUrls: readonly CorpusUrl[] = [
  { what: "plain", url: "https://login.example.com/", answers: web },
  { what: "capitals", url: "HTTPS://LOGIN.Example.COM/", answers: web },
  { what: "its port", url: "https://login.example.com:443/", answers: web },
  { what: "IPv6 alone", url: "https://login.example.com/", answers: ["2a00:1450:4001:80b::200e"] },
  { what: "a mapped public answer", url: "https://login.example.com/", answers: ["::ffff:8.8.8.8"] },
  { what: "IDN", url: "https://b\u00fccher.example.com/", answers: web },
  { what: "IDN in ASCII", url: "https://xn--bcher-kva.example.com/", answers: web },
  { what: "percent-encoded name", url: "https://log%69n.example.com/", answers: web },
  { what: "a fullwidth letter", url: "https://\uff4cogin.example.com/", answers: web },
  { what: "labels of digits", url: "https://127.0.0.1.example.com/", answers: web },
  { what: "a label that looks hexadecimal", url: "https://0x7f.example.com/", answers: web },
  {
    what: "an address in the path and the query",
    url: "https://login.example.com/127.0.0.1?to=http://[::1]/",
    answers: web,
  },
  { what: "an @ in the path", url: "https://login.example.com/@127.0.0.1", answers: web },
  { what: "a backslash before an @, which is a path", url: "https://login.example.com\\@127.0.0.1/", answers: web },
  { what: "a name that says localhost", url: "https://localhost.example.com/", answers: web },
  { what: "a hyphen", url: "https://127-0-0-1.example.com/", answers: web },
  { what: "a long name", url: `https://${"a".repeat(63)}.${"b".repeat(63)}.example.com/`, answers: web },
];
