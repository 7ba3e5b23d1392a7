// A fork and its upstream on a host, a clone of the fork, and the hands of the people around it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Host, ask, git } from "./host.mjs";

export const FORK = "maintainer/engine";
export const UPSTREAM = "upstream/engine";
/** Where the README says this program is from. */
export const ACTION = "OWNER/uptake";
export const BOT = "pick-bot[bot]";
const HERE = dirname(fileURLToPath(import.meta.url));
export const UPTAKE = resolve(process.env.UPTAKE ?? join(HERE, "../../target/debug/uptake"));

/** What the App may do; the emulator refuses anything else. */
const PERMISSIONS = {
  metadata: "read",
  contents: "write",
  pull_requests: "write",
  issues: "write",
  actions: "write",
  statuses: "write",
  workflows: "write",
};

export const USERS = { maintainer: "gho_maintainer", upstream: "gho_upstream", reviewer: "gho_reviewer", stranger: "gho_stranger", OWNER: "gho_owner" };

/** Runs a program to its end, beside the host. */
export function run(program, args, { cwd, env = {} }) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { cwd, env: { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: "1", ...env } });
    let [out, error] = ["", ""];
    child.stdout.on("data", (data) => (out += data));
    child.stderr.on("data", (data) => (error += data));
    child.on("error", failed);
    child.on("close", (code) => done({ code, out, error }));
  });
}

export class World {
  static async start({ config } = {}) {
    const world = new World();
    world.folder = await mkdtemp(join(tmpdir(), "uptake-emulator-"));
    world.host = await Host.start({
      folder: join(world.folder, "server"),
      users: USERS,
      repositories: [UPSTREAM, FORK, ACTION].map((name) => ({ name })),
      collaborators: { [FORK]: ["reviewer"] },
      app: {
        app_id: 4711,
        slug: "pick-bot",
        name: "Pick bot",
        permissions: PERMISSIONS,
        events: [],
        installations: [
          { installation_id: 9, account: "maintainer", repository_selection: "selected", repositories: [FORK.split("/")[1]], permissions: PERMISSIONS },
        ],
      },
    });
    world.clock = 1_756_728_000;
    world.config = config;
    return world;
  }

  async stop() {
    await this.host.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A clone by one of the users, who can push from it. */
  async clone(name, who, as = who) {
    const path = join(this.folder, as);
    await this.git(this.folder, ["clone", "--quiet", this.url(name, who), path]);
    for (const [key, value] of [["user.name", who], ["user.email", `${who}@example.org`], ["push.default", "current"]]) {
      await this.git(path, ["config", key, value]);
    }
    return path;
  }

  /** Where git finds a repository, as this user. */
  url(name, who) {
    return `${this.host.url.replace("http://", `http://x:${USERS[who]}@`)}/${name}.git`;
  }

  /** Runs git; each commit is a minute after the one before. */
  async git(folder, args) {
    this.clock += 60;
    const date = `${this.clock} +0000`;
    return git(folder, args, { env: { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date } });
  }

  /** Commits these files in a clone, and returns the commit. */
  async commit(folder, message, files) {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await this.git(folder, ["add", "--all"]);
    await this.git(folder, ["commit", "--quiet", "--message", message]);
    return this.git(folder, ["rev-parse", "HEAD"]);
  }

  /** Asks the emulator as a user. */
  ask(method, path, body, who = "maintainer") {
    return this.host.as(USERS[who], method, path, body);
  }

  /** Does something through the front, as a user in a browser does; the host sees it. */
  async act(method, path, body, who = "maintainer") {
    const { ok, status, text } = await ask(`${this.host.api}${path}`, {
      method,
      headers: { authorization: `Bearer ${USERS[who]}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.ok(ok, `${method} ${path}: ${status} ${text}`);
    return JSON.parse(text || "{}");
  }

  /** Runs Uptake as the App in a clone of the fork. It must end in one of these ways. */
  async uptake(args, { codes = [0, 3], env = {}, cwd = join(this.folder, "work") } = {}) {
    const result = await run(UPTAKE, args, {
      cwd,
      env: {
        HOME: this.folder,
        GITHUB_API_URL: this.host.api,
        GITHUB_SERVER_URL: this.host.url,
        UPTAKE_APP_ID: "4711",
        UPTAKE_APP_KEY: this.host.key,
        ...env,
      },
    });
    assert.ok(codes.includes(result.code), `uptake ${args.join(" ")} ended with ${result.code}\n${result.out}${result.error}`);
    return result;
  }

  /** The pull requests, the oldest first. */
  async pulls(state = "all") {
    const all = await this.ask("GET", `/repos/${FORK}/pulls?state=${state}&per_page=100&direction=asc`);
    return all.sort((a, b) => a.number - b.number);
  }

  /** They, in a line each. */
  async stand() {
    return (await this.pulls()).map(({ number, state, merged_at, head, base, title, draft }) => {
      const now = merged_at ? "merged" : state;
      return `#${number} ${draft ? "draft " : ""}${now}: ${head.ref} into ${base.ref}: ${title}`;
    });
  }

  async pull(branch) {
    const found = (await this.pulls("open")).filter(({ head }) => head.ref === branch);
    assert.equal(found.length, 1, `open pull requests of ${branch}`);
    return found[0];
  }

  async dashboard() {
    const all = await this.ask("GET", `/repos/${FORK}/issues?state=all&per_page=100`);
    const issues = all.filter((issue) => !issue.pull_request);
    assert.equal(issues.length, 1, "issues");
    return issues[0];
  }

  /** Where a branch is: the emulator and git must say the same. `undefined`: there is none. */
  async head(branch, name = FORK) {
    const heads = await this.host.heads(name);
    const said = (await this.ask("GET", `/repos/${name}/branches?per_page=100`)).find((found) => found.name === branch);
    assert.equal(said?.commit.sha, heads.get(`refs/heads/${branch}`), `${branch} in the emulator and in git`);
    return said?.commit.sha;
  }

  /** A file on a branch of the fork, by the emulator's API. */
  async file(branch, path) {
    const found = await this.ask("GET", `/repos/${FORK}/contents/${path}?ref=${encodeURIComponent(branch)}`);
    return Buffer.from(found.content, "base64").toString();
  }

  comments(number) {
    return this.ask("GET", `/repos/${FORK}/issues/${number}/comments?per_page=100`);
  }
}
