// Lambda's Runtime API by hand, without dependencies: `node plain_loop.mjs FILE.cjs`. Unlike AWS's runtime clients
// it outlives the server: when the connection is lost it asks again.

import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const RETRY_MILLISECONDS = 50;

const file = path.resolve(process.argv[2]);
const { handler } = createRequire(import.meta.url)(file);
const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

for (;;) {
  try {
    await serveOne();
  } catch (error) {
    console.error(`lost the server: ${error.cause?.code ?? error.message}`);
    await sleep(RETRY_MILLISECONDS);
  }
}

async function serveOne() {
  // fetch gives up after five minutes without headers; then this asks again too.
  const next = await fetch(`${api}/invocation/next`);
  if (next.status !== 200) throw new Error(`next: ${next.status}`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  const deadline = Number(next.headers.get("lambda-runtime-deadline-ms"));
  const context = {
    awsRequestId: id,
    invokedFunctionArn: next.headers.get("lambda-runtime-invoked-function-arn"),
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  let ending = "response";
  let body;
  try {
    body = (await handler(await next.json(), context)) ?? null;
  } catch (error) {
    ending = "error";
    body = { errorType: error.name, errorMessage: error.message, stackTrace: [] };
  }
  const headers = ending === "error" ? { "Lambda-Runtime-Function-Error-Type": body.errorType } : {};
  const answer = await fetch(`${api}/invocation/${id}/${ending}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  await answer.arrayBuffer();
  if (answer.status !== 202) throw new Error(`${ending}: ${answer.status}`);
}
