import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect as connectHttp2 } from "node:http2";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { openConnection, readResponses } from "@attestream/attestation/tls-evidence";
import { createChain, serverName, serverSecretsOf, type TestChain } from "@attestream/attestation/testing/tls-evidence";
import { freePort, startRecordingProxy } from "@attestream/testkit";

const program = "/usr/sbin/nginx";
const remedy = "not installed, so its connections were not tried: apt-get install nginx-light";
const body = JSON.stringify(Array.from({ length: 500 }, (_, index) => ({ id: index, amount: `${index}.50` })));

/** Connections of a real nginx, over HTTP/1.1 and HTTP/2, with what it does to bodies: gzip and chunks. */
export async function checkNginx(): Promise<{ ok: boolean; told: string }> {
  if (!existsSync(program)) return { ok: true, told: remedy };
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "attestream-nginx-"));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const chain = await createChain("P-256");
  const port = await freePort();
  await writeFile(join(folder, "cert.pem"), chain.cert);
  await writeFile(join(folder, "key.pem"), chain.key);
  await writeFile(join(folder, "accounts.json"), body);
  await writeFile(join(folder, "nginx.conf"), configuration(folder, port));
  const nginx = spawn(program, ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"], {
    stdio: ["ignore", "ignore", "ignore"],
  });
  const exited = once(nginx, "exit");
  undo.defer(async () => {
    nginx.kill("SIGTERM");
    await exited;
  });
  if (!(await comesUp(port))) return { ok: false, told: "did not start" };
  for (const protocol of ["http/1.1", "h2"] as const) {
    const read = await fetchAndOpen(chain, port, protocol);
    if (read !== body) return { ok: false, told: `${protocol}: another body was read` };
  }
  return { ok: true, told: "HTTP/1.1 and HTTP/2 were opened" };
}

function configuration(folder: string, port: number): string {
  return `
    daemon off;
    master_process off;
    pid ${folder}/nginx.pid;
    events {}
    http {
      access_log off;
      client_body_temp_path ${folder}/1;
      proxy_temp_path ${folder}/2;
      fastcgi_temp_path ${folder}/3;
      uwsgi_temp_path ${folder}/4;
      scgi_temp_path ${folder}/5;
      types { application/json json; }
      gzip on;
      gzip_types application/json;
      server {
        listen 127.0.0.1:${port} ssl http2;
        server_name ${serverName};
        ssl_protocols TLSv1.3;
        ssl_certificate ${folder}/cert.pem;
        ssl_certificate_key ${folder}/key.pem;
        root ${folder};
      }
    }`;
}

async function comesUp(port: number): Promise<boolean> {
  for (let tries = 0; tries < 200; tries += 1) {
    const socket = connectTcp(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return true;
    } catch {
      await sleep(25);
    } finally {
      socket.destroy();
    }
  }
  return false;
}

async function fetchAndOpen(chain: TestChain, port: number, protocol: "http/1.1" | "h2"): Promise<string> {
  await using proxy = await startRecordingProxy({ host: "127.0.0.1", port });
  const keyLog: string[] = [];
  const options = { port: proxy.port, host: "127.0.0.1", servername: serverName, ca: chain.root.pem };
  const socket = connect({ ...options, ALPNProtocols: [protocol] });
  socket.on("keylog", (line: Buffer) => keyLog.push(line.toString("latin1").trimEnd()));
  await once(socket, "secureConnect");
  if (protocol === "h2") {
    const client = connectHttp2(`https://${serverName}`, { createConnection: () => socket });
    const stream = client.request({ ":path": "/accounts.json", "accept-encoding": "gzip" });
    await once(stream.resume(), "end");
    client.destroy();
  } else {
    const fields = `host: ${serverName}\r\naccept-encoding: gzip\r\nconnection: close`;
    socket.write(`GET /accounts.json HTTP/1.1\r\n${fields}\r\n\r\n`);
    await once(socket.resume(), "end");
  }
  socket.destroy();
  const [recorded] = proxy.connections;
  if (recorded === undefined) throw new Error("nothing went through the proxy");
  const connection = { serverName, sent: Buffer.concat(recorded.sent), received: Buffer.concat(recorded.received) };
  const secrets = serverSecretsOf(keyLog);
  const opened = openConnection(connection, secrets, { roots: [chain.root.pem], now: new Date() });
  const [response] = readResponses(opened);
  return response?.complete === true ? Buffer.from(response.body).toString() : "";
}
