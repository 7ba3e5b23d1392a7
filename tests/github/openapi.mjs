// Makes openapi.json, the part of GitHub's published description of its API that Uptake uses, from the npm package @octokit/openapi
// (MIT licence, https://github.com/octokit/openapi). A request that the tests make and that is not in it fails them.
//
//   npm install --no-save --ignore-scripts --prefix /tmp/octokit @octokit/openapi@23.0.2
//   node tests/github/openapi.mjs /tmp/octokit > tests/github/openapi.json

import { readFileSync } from "node:fs";
import { join } from "node:path";

const USED = [
  "GET /repos/{owner}/{repo}",
  "GET /repos/{owner}/{repo}/actions/runners",
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}",
  "POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel",
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs",
  "GET /repos/{owner}/{repo}/actions/secrets",
  "GET /repos/{owner}/{repo}/actions/workflows",
  "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
  "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
  "GET /repos/{owner}/{repo}/branches/{branch}",
  "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
  "GET /repos/{owner}/{repo}/commits/{ref}/status",
  "GET /repos/{owner}/{repo}/contents/{path}",
  "GET /repos/{owner}/{repo}/environments/{environment_name}",
  "GET /repos/{owner}/{repo}/environments/{environment_name}/secrets",
  "GET /repos/{owner}/{repo}/installation",
  "GET /repos/{owner}/{repo}/issues",
  "POST /repos/{owner}/{repo}/issues",
  "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}",
  "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
  "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
  "GET /repos/{owner}/{repo}/issues/{issue_number}",
  "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
  "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/assignees",
  "PUT /repos/{owner}/{repo}/issues/{issue_number}/labels",
  "GET /repos/{owner}/{repo}/labels",
  "POST /repos/{owner}/{repo}/labels",
  "GET /repos/{owner}/{repo}/labels/{name}",
  "PATCH /repos/{owner}/{repo}/labels/{name}",
  "GET /repos/{owner}/{repo}/pulls",
  "POST /repos/{owner}/{repo}/pulls",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}",
  "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
  "GET /repos/{owner}/{repo}/rules/branches/{branch}",
  "GET /repos/{owner}/{repo}/stacks",
  "POST /repos/{owner}/{repo}/stacks",
  "POST /repos/{owner}/{repo}/stacks/{stack_number}/add",
  "POST /repos/{owner}/{repo}/stacks/{stack_number}/unstack",
  "POST /repos/{owner}/{repo}/statuses/{sha}",
  "GET /app/hook/deliveries",
  "POST /app/hook/deliveries/{delivery_id}/attempts",
  "GET /app/installations",
  "POST /app/installations/{installation_id}/access_tokens",
  "GET /installation/repositories",
  "GET /user",
];

const folder = join(process.argv[2] ?? ".", "node_modules/@octokit/openapi");
const description = JSON.parse(readFileSync(join(folder, "generated/api.github.com.json"), "utf8"));
const version = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;

/** What a reference points to. */
function resolved(value) {
  if (!value?.$ref) return value;
  const parts = value.$ref.slice(2).split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  return resolved(parts.reduce((at, part) => at[part], description));
}

/** A schema without what only people read. */
function schema(value) {
  const from = resolved(value);
  if (Array.isArray(from)) return from.map(schema);
  if (from === null || typeof from !== "object") return from;
  const kept = {};
  for (const [key, inner] of Object.entries(from)) {
    if (["description", "title", "example", "examples", "default", "deprecated", "externalDocs"].includes(key)) continue;
    if (key.startsWith("x-")) continue;
    if (key === "properties") {
      kept.properties = Object.fromEntries(Object.entries(inner).map(([name, of]) => [name, schema(of)]));
    } else {
      kept[key] = schema(inner);
    }
  }
  return kept;
}

function parameter(value) {
  const { name, in: place, required = false, schema: of } = resolved(value);
  return { name, in: place, required, schema: schema(of) };
}

const operations = {};
for (const used of USED) {
  const [method, path] = used.split(" ");
  const item = description.paths[path];
  const operation = item?.[method.toLowerCase()];
  if (!operation) throw new Error(`there is no ${used}`);
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(parameter);
  const body = resolved(operation.requestBody);
  operations[used] = { parameters };
  if (body) {
    operations[used].body = { required: body.required ?? false, schema: schema(body.content["application/json"].schema) };
  }
}

const license = `${description.info.license.name}: GitHub's description of its REST API, https://github.com/github/rest-api-description`;
const from = `@octokit/openapi ${version}, api.github.com`;
const head = JSON.stringify({ license, from, made: "by openapi.mjs" }, null, 1).slice(0, -2);
const lines = Object.entries(operations).map(([name, of]) => `  ${JSON.stringify(name)}: ${JSON.stringify(of)}`);
process.stdout.write(`${head},\n "operations": {\n${lines.join(",\n")}\n }\n}\n`);
