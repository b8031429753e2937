"""A worker for the tests: a plain loop over Lambda's Runtime API that does what each event tells it to."""

import http.client
import json
import os
import signal
import socket
import sys

HOST = os.environ["AWS_LAMBDA_RUNTIME_API"]
RUNTIME = "/2018-06-01/runtime"
HELD = []


def call(method, path, body=None, host=HOST):
    connection = http.client.HTTPConnection(host)
    connection.request(method, path, body)
    answer = connection.getresponse()
    return answer, answer.read()


def hold(port, text):
    """Opens a connection that stays open as long as this process lives."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(text.encode())
    HELD.append(connection)


def say_goodbye(*_):
    for connection in HELD:
        connection.sendall(b"asked to end")
    os._exit(0)


def obey(event):
    match event["do"]:
        case "nothing":
            pass
        case "print":
            print(event["text"], flush=True)
            print(event["text"], file=sys.stderr, flush=True)
        case "report":
            report = json.dumps({"pid": os.getpid(), "environment": dict(os.environ)})
            emulator = os.environ["SECRETS_MANAGER_ENDPOINT"].removeprefix("http://")
            call("POST", "/report", report, emulator)
        case "exit":
            os._exit(event["code"])
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hold":
            if os.fork() == 0:
                hold(event["port"], "child")
                while True:
                    signal.pause()
            hold(event["port"], "parent")
        case "say goodbye":
            signal.signal(signal.SIGTERM, say_goodbye)
        case "stay":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)


while True:
    answer, event = call("GET", f"{RUNTIME}/invocation/next")
    if answer.status != 200:
        # Whoever started this process must end it.
        while True:
            signal.pause()
    request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
    obey(json.loads(event))
    call("POST", f"{RUNTIME}/invocation/{request_id}/response", "null")
