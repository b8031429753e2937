// The rotation function of `rotate.py` in JavaScript, with AWS's SDK. It keeps the same journal.

"use strict";

const fs = require("node:fs");
const path = require("node:path");
const {
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} = require("@aws-sdk/client-secrets-manager");

const control = process.env.ROTATION_CONTROL;
const sm = new SecretsManagerClient({ endpoint: process.env.SECRETS_MANAGER_ENDPOINT });

note({ kind: "started" });

exports.handler = async (event, context) => {
  note({
    kind: "invoked",
    event,
    request_id: context.awsRequestId,
    function_arn: context.invokedFunctionArn,
    remaining_ms: context.getRemainingTimeInMillis(),
  });
  console.log(`printed during ${event.Step}`);
  const { SecretId, ClientRequestToken: VersionId } = event;
  const order = `${SecretId.split(":").at(-1).slice(0, -7)}.${event.Step}`;
  const failure = path.join(control, `${order}.fail`);
  if (fs.existsSync(failure)) throw new Error(fs.readFileSync(failure, "utf8"));

  const pending = { SecretId, VersionId, VersionStage: "AWSPENDING" };
  const { VersionIdsToStages } = await sm.send(new DescribeSecretCommand({ SecretId }));
  switch (event.Step) {
    case "createSecret":
      try {
        await sm.send(new GetSecretValueCommand(pending));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
        const { RandomPassword } = await sm.send(new GetRandomPasswordCommand({}));
        await sm.send(
          new PutSecretValueCommand({
            SecretId,
            ClientRequestToken: VersionId,
            SecretString: RandomPassword,
            VersionStages: ["AWSPENDING"],
          }),
        );
      }
      return;
    case "setSecret":
    case "testSecret":
      await sm.send(new GetSecretValueCommand(pending));
      return;
    case "finishSecret":
      await sm.send(
        new UpdateSecretVersionStageCommand({
          SecretId,
          VersionStage: "AWSCURRENT",
          MoveToVersionId: VersionId,
          RemoveFromVersionId: Object.keys(VersionIdsToStages).find((version) =>
            VersionIdsToStages[version].includes("AWSCURRENT"),
          ),
        }),
      );
      return;
    default:
      throw new Error(`no such step: ${event.Step}`);
  }
};

function note(line) {
  const text = `${JSON.stringify({ ...line, pid: process.pid })}\n`;
  fs.appendFileSync(path.join(control, "journal.jsonl"), text);
}
