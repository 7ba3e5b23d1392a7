// A GitHub on the loopback: a third-party emulator of its API, git's own server beside it, and what ties the two together.
//
// All that is answered below /api is the emulator's answer. What it lacks and we add, and nothing else:
//   - git over HTTP. A push goes to git, and what it moved is told to the emulator by its own API, object by object and with the
//     token of who pushed, so that its commits and branches are the very ones git has.
//   - A merge is the emulator's; the commit it makes is written into git's repository afterwards.
//   - A branch that goes takes its open pull requests with it, as on GitHub.
//   - Pull requests are among the issues, each with the number of its comments and who closed it: the emulator lists issues alone.
//   - Reactions to comments, for which the emulator has no address: kept here.
//   - Moments have whole seconds, as GitHub's, and a comment was last changed when it was written: the emulator touches each once
//     more, a thousandth of a second later, which would be an edit.
//   - A token that was never given out is refused: the emulator takes it for its first user's.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { createEmulator } from "emulate";

const ENVIRONMENT = { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };

/** Runs git in a folder, and returns what it prints; bytes where `encoding` is "buffer". */
export async function git(folder, args, { encoding = "utf8", env = {}, input } = {}) {
  const run = promisify(execFile)("git", args, {
    cwd: folder,
    env: { ...ENVIRONMENT, HOME: folder, ...env },
    encoding,
    maxBuffer: 1 << 30,
  });
  if (input !== undefined) run.child.stdin.end(input);
  const { stdout } = await run;
  return encoding === "utf8" ? stdout.trim() : stdout;
}

async function freePort() {
  const server = http.createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** One request on a connection of its own: one that is kept may be closed by the other side just as it is used again. */
export function ask(url, { method, headers, body }) {
  return new Promise((done, failed) => {
    const request = http.request(url, { method, headers, agent: false }, (response) =>
      bodyOf(response).then((bytes) => {
        const { statusCode: status, headers } = response;
        done({ status, ok: status >= 200 && status < 300, headers, text: bytes.toString() });
      }, failed),
    );
    request.on("error", failed);
    request.end(body);
  });
}

async function bodyOf(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** What is served: repositories by full name, users by login with their token, an App and where it is installed. */
export class Host {
  /** `names`: branches are told to the emulator by name alone, for repositories too large for it to hold. */
  static async start({ folder, users, repositories, collaborators = {}, app, names = false }) {
    const host = new Host();
    Object.assign(host, { folder, names, log: [], reactions: [], users, closers: new Map() });
    host.tokens = new Set(Object.values(users));
    host.told = new Set();
    host.server = http.createServer((request, response) => {
      host.serve(request, response).catch((error) => {
        console.error(`host: ${request.method} ${request.url}: ${error.stack}`);
        response.writeHead(500).end(JSON.stringify({ message: String(error) }));
      });
    });
    await new Promise((done) => host.server.listen(0, "127.0.0.1", done));
    host.url = `http://127.0.0.1:${host.server.address().port}`;
    host.api = `${host.url}/api`;
    host.port = await freePort();
    host.emulator = await createEmulator({
      service: "github",
      port: host.port,
      baseUrl: host.api,
      seed: {
        tokens: Object.fromEntries(Object.entries(users).map(([login, token]) => [token, { login, scopes: ["repo"] }])),
        github: {
          users: Object.keys(users).map((login) => ({ login })),
          repos: repositories.map(({ name, branch = "main" }) => {
            const [owner, repo] = name.split("/");
            return { owner, name: repo, default_branch: branch, auto_init: false };
          }),
          apps: [app],
        },
      },
    });
    host.key = host.emulator.generatedSecrets[0].value;
    for (const { name, branch = "main" } of repositories) {
      const path = host.path(name);
      await mkdir(path, { recursive: true });
      await git(path, ["init", "--quiet", "--bare", `--initial-branch=${branch}`]);
      await git(path, ["config", "http.receivepack", "true"]);
    }
    for (const [name, logins] of Object.entries(collaborators)) {
      const owner = users[name.split("/")[0]];
      for (const login of logins) await host.as(owner, "PUT", `/repos/${name}/collaborators/${login}`, { permission: "push" });
    }
    return host;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
    await this.emulator.close();
  }

  /** Where a repository is on this machine. */
  path(name) {
    return join(this.folder, `${name}.git`);
  }

  /** Asks the emulator something, without its being logged. */
  async as(token, method, path, body) {
    const { ok, status, text } = await ask(`http://127.0.0.1:${this.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!ok) throw Object.assign(new Error(`${method} ${path}: ${status} ${text}`), { status });
    return text && JSON.parse(text);
  }

  /** The requests since the last call that change something, but for tokens, as "METHOD /path". */
  writes() {
    const log = this.log.splice(0);
    return log.filter(({ method, path }) =>
      path.startsWith("/api/") ? method !== "GET" && !path.endsWith("/access_tokens") : path.endsWith("/git-receive-pack") && method === "POST",
    ).map(({ method, path }) => `${method} ${path}`);
  }

  async serve(request, response) {
    const { pathname, search } = new URL(request.url, this.url);
    const body = await bodyOf(request);
    this.log.push({ method: request.method, path: pathname });
    const token = bearer(request.headers.authorization);
    if (token && !token.startsWith("eyJ") && !this.tokens.has(token)) {
      return response.writeHead(401).end(JSON.stringify({ message: "Bad credentials" }));
    }
    const repository = pathname.match(/^\/([\w.-]+\/[\w.-]+)\.git(\/.*)$/);
    if (repository) return this.serveGit(request, response, repository[1], repository[2], search, body, token);
    if (!pathname.startsWith("/api/")) return response.writeHead(404).end("{}");
    const path = pathname.slice("/api".length);
    if (path.endsWith("/reactions")) return this.serveReactions(request, response, path, body, token);
    const headers = { ...request.headers, host: `127.0.0.1:${this.port}` };
    delete headers["transfer-encoding"];
    delete headers.connection;
    if (body.length) headers["content-length"] = String(body.length);
    const answer = await ask(`http://127.0.0.1:${this.port}${path}${search}`, { method: request.method, headers, body });
    let text = moments(answer.text);
    const pull = path.match(/^\/repos\/([^/]+\/[^/]+)\/pulls\/(\d+)$/);
    if (pull && answer.ok && request.method === "PATCH" && JSON.parse(body.toString()).state === "closed") this.closers.set(`${pull[1]} ${pull[2]}`, token);
    const issues = path.match(/^\/repos\/([^/]+\/[^/]+)\/issues(?:\/(\d+))?$/);
    if (issues && request.method === "GET") {
      const found = await this.withPulls(issues[1], issues[2], new URLSearchParams(search), answer);
      if (found) {
        text = moments(JSON.stringify(found));
        answer.status = 200;
      }
    }
    if (path.endsWith("/access_tokens") && answer.ok) this.tokens.add(JSON.parse(text).token);
    const merge = path.match(/^\/repos\/([^/]+\/[^/]+)\/pulls\/(\d+)\/merge$/);
    if (merge && answer.ok) await this.merged(merge[1], merge[2], JSON.parse(text).sha, token);
    const back = { ...answer.headers };
    for (const name of ["connection", "content-length", "keep-alive", "transfer-encoding"]) delete back[name];
    return response.writeHead(answer.status, back).end(text);
  }

  /** Issues as GitHub gives them, pull requests among them; `undefined` where there is nothing to add. */
  async withPulls(name, number, query, answer) {
    const owner = this.users[name.split("/")[0]];
    const asIssue = async ({ head, base, merged_by, ...pull }) => {
      const comments = await this.as(owner, "GET", `/repos/${name}/issues/${pull.number}/comments?per_page=100`);
      const token = this.closers.get(`${name} ${pull.number}`);
      const login = Object.keys(this.users).find((login) => this.users[login] === token);
      const closed_by = merged_by ?? (token ? { login: login ?? pull.user.login, type: login ? "User" : "Bot" } : null);
      const updated_at = [pull.updated_at, ...comments.map(({ created_at }) => created_at)].sort().at(-1);
      return { ...pull, pull_request: {}, comments: comments.length, closed_by: pull.state === "open" ? null : closed_by, updated_at };
    };
    if (number) {
      if (answer.status !== 404) return undefined;
      const pulls = await this.as(owner, "GET", `/repos/${name}/pulls?state=all&per_page=100`);
      const found = pulls.find((pull) => String(pull.number) === number);
      return found && asIssue(found);
    }
    if (!answer.ok || query.has("labels") || (query.get("page") ?? "1") !== "1") return undefined;
    const state = query.get("state") ?? "open";
    const pulls = await Promise.all((await this.as(owner, "GET", `/repos/${name}/pulls?state=${state}&per_page=100`)).map(asIssue));
    const since = query.get("since") ?? "";
    const wanted = ({ user, updated_at }) => updated_at >= since && (!query.has("creator") || query.get("creator") === user.login);
    return [...JSON.parse(answer.text), ...pulls.filter(wanted)];
  }

  async serveGit(request, response, name, rest, search, body, token) {
    const pushes = rest === "/git-receive-pack" || search.includes("service=git-receive-pack");
    if (pushes && !token) return response.writeHead(401, { "www-authenticate": 'Basic realm="GitHub"' }).end();
    try {
      // Whoever may not make a blob may not push. Nothing is changed by an empty one.
      if (pushes) await this.as(token, "POST", `/repos/${name}/git/blobs`, { content: "" });
    } catch (error) {
      if (!error.status) throw error;
      return response.writeHead(error.status).end();
    }
    const before = pushes ? await this.heads(name) : undefined;
    const child = spawn("git", ["http-backend"], {
      env: {
        ...ENVIRONMENT,
        GIT_PROJECT_ROOT: this.folder,
        GIT_HTTP_EXPORT_ALL: "1",
        REMOTE_USER: token ?? "",
        REQUEST_METHOD: request.method,
        PATH_INFO: `/${name}.git${rest}`,
        QUERY_STRING: search.slice(1),
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        CONTENT_LENGTH: String(body.length),
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
        GIT_PROTOCOL: request.headers["git-protocol"] ?? "",
      },
    });
    child.stdin.on("error", () => {});
    child.stdin.end(body);
    const output = await bodyOf(child.stdout);
    const end = output.indexOf("\r\n\r\n");
    const headers = Object.fromEntries(output.subarray(0, end).toString().split("\r\n").map((line) => line.split(": ")));
    const status = Number.parseInt(headers.Status ?? "200", 10);
    delete headers.Status;
    if (pushes && request.method === "POST") await this.pushed(name, before, token);
    return response.writeHead(status, headers).end(output.subarray(end + 4));
  }

  /** The branches of a repository as git has them. */
  async heads(name) {
    const text = await git(this.path(name), ["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads"]);
    return new Map(text.split("\n").filter(Boolean).map((line) => line.split(" ")));
  }

  /** Tells the emulator what a push moved. */
  async pushed(name, before, token) {
    const after = await this.heads(name);
    for (const [ref, sha] of after) {
      if (before.get(ref) === sha) continue;
      const known = this.names ? await this.standIn(name, ref, sha, token) : await this.commits(name, sha, token);
      if (before.has(ref)) await this.as(token, "PATCH", `/repos/${name}/git/${ref}`, { sha: known, force: true });
      else await this.as(token, "POST", `/repos/${name}/git/refs`, { ref, sha: known });
    }
    for (const ref of before.keys()) {
      if (after.has(ref)) continue;
      await this.as(token, "DELETE", `/repos/${name}/git/${ref}`);
      const owner = this.users[name.split("/")[0]];
      const branch = ref.slice("refs/heads/".length);
      for (const pull of await this.as(owner, "GET", `/repos/${name}/pulls?state=open&per_page=100`)) {
        if (pull.head.ref !== branch && pull.base.ref !== branch) continue;
        await this.as(owner, "PATCH", `/repos/${name}/pulls/${pull.number}`, { state: "closed" });
      }
    }
  }

  /** Makes the emulator have a commit and all it stands on; its id is the one git has. */
  async commits(name, head, token) {
    const list = await git(this.path(name), ["rev-list", "--topo-order", "--reverse", head]);
    for (const sha of list.split("\n")) {
      if (this.told.has(`${name} ${sha}`)) continue;
      const text = await git(this.path(name), ["cat-file", "commit", sha], { encoding: "buffer" });
      const [head, ...message] = text.toString().split("\n\n");
      const lines = head.split("\n");
      const field = (field) => lines.filter((line) => line.startsWith(`${field} `)).map((line) => line.slice(field.length + 1));
      const [tree] = field("tree");
      await this.tree(name, tree, token);
      const made = await this.as(token, "POST", `/repos/${name}/git/commits`, {
        message: message.join("\n\n"),
        tree,
        parents: field("parent"),
        author: person(field("author")[0]),
        committer: person(field("committer")[0]),
      });
      assert.equal(made.sha, sha, `the emulator gives commit ${sha} of ${name} another id`);
      this.told.add(`${name} ${sha}`);
    }
    return head;
  }

  async tree(name, sha, token) {
    if (this.told.has(`${name} ${sha}`)) return;
    const text = await git(this.path(name), ["ls-tree", "-z", sha]);
    const entries = text.split("\0").filter(Boolean).map((line) => {
      const [, mode, type, sha, path] = line.match(/^(\d+) (\w+) ([0-9a-f]+)\t(.*)$/s);
      return { mode, type, sha, path };
    });
    for (const { type, sha } of entries) {
      if (type === "tree") await this.tree(name, sha, token);
      if (type !== "blob" || this.told.has(`${name} ${sha}`)) continue;
      const bytes = await git(this.path(name), ["cat-file", "blob", sha], { encoding: "buffer" });
      const content = bytes.toString("base64");
      const made = await this.as(token, "POST", `/repos/${name}/git/blobs`, { content, encoding: "base64" });
      assert.equal(made.sha, sha, `the emulator gives a blob of ${name} another id`);
      this.told.add(`${name} ${sha}`);
    }
    const made = await this.as(token, "POST", `/repos/${name}/git/trees`, { tree: entries });
    assert.equal(made.sha, sha, `the emulator gives a tree of ${name} another id`);
    this.told.add(`${name} ${sha}`);
  }

  /** A commit in the emulator that only names the one git has. */
  async standIn(name, ref, sha, token) {
    const content = `${ref} is at ${sha}\n`;
    const tree = [{ path: "stand-in", mode: "100644", type: "blob", content }];
    const { sha: made } = await this.as(token, "POST", `/repos/${name}/git/trees`, { tree });
    return (await this.as(token, "POST", `/repos/${name}/git/commits`, { message: content, tree: made, parents: [] })).sha;
  }

  /** Writes the commit of a merge into git's repository. */
  async merged(name, number, sha, token) {
    const [pull, commit] = await Promise.all([
      this.as(token, "GET", `/repos/${name}/pulls/${number}`),
      this.as(token, "GET", `/repos/${name}/git/commits/${sha}`),
    ]);
    const base = `refs/heads/${pull.base.ref}`;
    const heads = await this.heads(name);
    // The emulator merges what was there when the pull request was opened, and takes the head's tree as it is.
    assert.equal(pull.head.sha, heads.get(`refs/heads/${pull.head.ref}`), `the emulator merged an old head of #${number}`);
    assert.equal(commit.parents[0].sha, heads.get(base), `the emulator merged #${number} onto an old base`);
    const behind = await git(this.path(name), ["rev-list", "--count", `${pull.head.sha}..${heads.get(base)}`]);
    assert.equal(behind, "0", `#${number} does not stand on its base, and the emulator takes its tree as it is`);
    const env = {};
    for (const who of ["author", "committer"]) {
      env[`GIT_${who.toUpperCase()}_NAME`] = commit[who].name;
      env[`GIT_${who.toUpperCase()}_EMAIL`] = commit[who].email;
      env[`GIT_${who.toUpperCase()}_DATE`] = `${Math.floor(Date.parse(commit[who].date) / 1000)} +0000`;
    }
    const parents = commit.parents.flatMap(({ sha }) => ["-p", sha]);
    const made = await git(this.path(name), ["commit-tree", commit.tree.sha, ...parents], { env, input: `${commit.message}\n` });
    assert.equal(made, sha, `git gives the merge of #${number} another id`);
    this.told.add(`${name} ${sha}`);
    await git(this.path(name), ["update-ref", base, sha]);
  }

  async serveReactions(request, response, path, body, token) {
    const [, comment] = path.match(/^(\/repos\/[^/]+\/[^/]+\/issues\/comments\/\d+)\/reactions$/) ?? [];
    try {
      await this.as(token, "GET", comment ?? path);
    } catch (error) {
      if (!error.status) throw error;
      return response.writeHead(error.status).end("{}");
    }
    const { content } = request.method === "POST" ? JSON.parse(body.toString()) : {};
    if (content) this.reactions.push({ comment: Number(comment.split("/").at(-1)), content });
    return response.writeHead(content ? 201 : 200, { "content-type": "application/json" }).end(JSON.stringify({ id: this.reactions.length, content }));
  }
}

/** An answer with its moments in whole seconds; what was changed as soon as it was made is as it was made. */
function moments(text) {
  const both = /"created_at":"([^"]+)","updated_at":"([^"]+)"/g;
  const soon = (created, updated) => Date.parse(updated) - Date.parse(created) < 100;
  const same = text.replace(both, (all, created, updated) => (soon(created, updated) ? all.replace(updated, created) : all));
  return same.replace(/("\w+_at":"[\d-]+T[\d:]+)\.\d+Z"/g, '$1Z"');
}

/** The token of a request: as the API wants it, or as git sends it. */
function bearer(header) {
  const [, kind, value] = header?.match(/^(\w+) (.*)$/) ?? [];
  if (kind?.toLowerCase() !== "basic") return value;
  return Buffer.from(value, "base64").toString().split(":").slice(1).join(":");
}

/** Who and when, as the API wants it, of a line of a commit. */
function person(line) {
  const [, name, email, seconds, sign, hours, minutes] = line.match(/^(.*) <(.*)> (\d+) ([+-])(\d\d)(\d\d)$/);
  const shift = (Number(hours) * 60 + Number(minutes)) * 60 * (sign === "-" ? -1 : 1);
  const local = new Date((Number(seconds) + shift) * 1000).toISOString().slice(0, 19);
  return { name, email, date: `${local}${sign}${hours}:${minutes}` };
}
