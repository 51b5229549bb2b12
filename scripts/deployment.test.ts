import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments, parse } from "yaml";
import { environmentSchema as api } from "../apps/api/src/config.ts";
import { environmentSchema as attestor } from "../apps/attestor/src/config.ts";
import { environmentSchema as egressGateway } from "../apps/egress-gateway/src/config.ts";
import { environmentSchema as worker } from "../apps/browser-worker/src/config.ts";

const read = (path: string) => readFileSync(resolve(import.meta.dirname, "..", path), "utf8");

interface Service {
  user?: string;
  environment: Record<string, string>;
  networks: string[];
  read_only?: boolean;
  tmpfs: string[];
  cap_drop: string[];
  security_opt: string[];
  pids_limit: number;
  mem_limit: string;
  ports?: string[];
}
interface Compose {
  services: Record<"postgres" | "api" | "worker" | "egress-gateway" | "attestor", Service>;
  networks: Record<string, { internal?: boolean } | null>;
}
const compose = parse(read("docker-compose.yml")) as Compose;
const l2 = parse(read("docker-compose.l2.yml").replaceAll("!override", "")) as Compose;
const seccomp = (path: string) =>
  JSON.parse(read(path)) as { defaultAction: string; syscalls: { names: string[]; action: string }[] };
const denied = (path: string) => seccomp(path).syscalls.flatMap(({ names }) => names);

/** Not run here: what is looked at is that the settings which matter are still there. */
describe("docker-compose.yml", () => {
  const { services, networks } = compose;

  it.each(["api", "worker", "egress-gateway", "attestor"] as const)(
    "runs the %s without rights, and within bounds",
    (name) => {
      const service = services[name];
      expect(service).toMatchObject({ user: "10001:10001", read_only: true, cap_drop: ["ALL"] });
      expect(service.security_opt).toContain("no-new-privileges:true");
      expect(service.tmpfs[0]).toMatch(/^\/tmp:size=/);
      expect([service.pids_limit, service.mem_limit].every(Boolean)).toBe(true);
    },
  );

  it("keeps the workers from the database, and what is inside from the outside", () => {
    expect(networks["database"]).toEqual({ internal: true });
    expect(networks["workers"]).toEqual({ internal: true });
    expect(services.postgres.networks).toEqual(["database"]);
    expect(services.worker.networks).toEqual(["workers"]);
    expect(services["egress-gateway"].networks).toEqual(["workers", "egress"]);
    expect(services.attestor.networks).toEqual(["workers", "egress"]);
    expect(services.api.networks).not.toContain("egress");
    expect([services.worker.ports, services.attestor.ports]).toEqual([undefined, undefined]);
    expect(services.api.ports).toEqual(["127.0.0.1:4000:4000"]);
  });

  it("names settings that exist", () => {
    for (const [name, schema] of Object.entries({ api, worker, "egress-gateway": egressGateway, attestor })) {
      const part = name as Exclude<keyof typeof services, "postgres">;
      const known = Object.keys(schema.shape);
      const more: Partial<typeof l2.services> = l2.services;
      const given = [...Object.keys(services[part].environment), ...Object.keys(more[part]?.environment ?? {})];
      expect(given.filter((setting) => !known.includes(setting))).toEqual([]);
    }
    expect(Object.keys(services.worker.environment).filter((setting) => /KEY|DATABASE/.test(setting))).toEqual([]);
  });
});

describe("the seccomp profiles", () => {
  it.each(["docker/seccomp-chromium.json", "docker/seccomp-bubblewrap.json"])(
    "%s allows what a sandbox is made of, and not what a way out is made of",
    (path) => {
      const names = denied(path);
      for (const name of ["clone", "clone3", "unshare", "setns", "chroot", "seccomp", "prctl"])
        expect(names).not.toContain(name);
      for (const name of ["ptrace", "bpf", "keyctl", "perf_event_open", "userfaultfd", "init_module", "io_uring_setup"])
        expect(names).toContain(name);
      expect(seccomp(path).syscalls.map(({ action }) => action)).toEqual(["SCMP_ACT_ERRNO"]);
    },
  );

  it("differ in what bubblewrap needs, and only where it is asked for", () => {
    const more = denied("docker/seccomp-bubblewrap.json");
    expect(denied("docker/seccomp-chromium.json").filter((name) => !more.includes(name))).toEqual([
      "mount",
      "pivot_root",
      "sethostname",
      "umount2",
    ]);
    expect(compose.services.worker.security_opt).toContain("seccomp:./docker/seccomp-chromium.json");
    expect(l2.services.worker.security_opt).toContain("seccomp:./docker/seccomp-bubblewrap.json");
    expect(l2.services.worker.security_opt).toContain("no-new-privileges:true");
  });
});

interface Manifest {
  kind: string;
  metadata: { name: string };
  spec: {
    template?: {
      spec: {
        automountServiceAccountToken: boolean;
        securityContext: Record<string, unknown>;
        containers: {
          env: { name: string }[];
          resources: object;
          securityContext: object;
        }[];
      };
    };
    podSelector?: { matchLabels?: { app: string } };
    policyTypes?: string[];
    egress?: { to: { ipBlock?: { cidr: string; except?: string[] } }[] }[];
  };
}

describe("kubernetes/attestream.yaml", () => {
  const documents = parseAllDocuments(read("kubernetes/attestream.yaml"));
  const manifests = documents.map((document) => document.toJS() as Manifest);
  const named = (kind: string, name: string) =>
    manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);

  it("is YAML", () => {
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    expect(manifests).toHaveLength(11);
  });

  it.each(["api", "worker", "attestor"] as const)("runs the %s without rights", (name) => {
    const pod = named("Deployment", name)?.spec.template?.spec;
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 10001 },
    });
    expect(pod?.containers).toMatchObject([
      {
        resources: { limits: { memory: expect.any(String) } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    ]);
    const settings = Object.keys({ api, worker, attestor }[name].shape);
    const given = pod?.containers[0]?.env.map((entry) => entry.name.replace(/_FILE$/, "")) ?? [];
    expect(given.filter((setting) => !settings.includes(setting) && setting !== "POD_IP")).toEqual([]);
    // Secrets come as files: an environment is shown by every `describe`.
    expect(pod?.containers[0]?.env.filter((entry) => /(KEY|TOKEN|DATABASE_URL)$/.test(entry.name))).toEqual([]);
  });

  it("lets nothing through that is not named, and workers to no private network", () => {
    expect(named("NetworkPolicy", "default-deny")?.spec).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
    for (const name of ["worker", "attestor"]) {
      const blocks = named("NetworkPolicy", name)?.spec.egress?.flatMap(({ to }) =>
        to.flatMap(({ ipBlock }) => (ipBlock ? [ipBlock] : [])),
      );
      expect(blocks?.map(({ cidr }) => cidr)).toEqual(["0.0.0.0/0"]);
      for (const network of ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"])
        expect(blocks?.[0]?.except).toContain(network);
    }
  });
});
