"""flask-websub's hub (/hub) and subscriber (/in) in one process; runs in a virtual environment of its own. Arguments: port, folder.

POST /subscribe with a feed's address discovers hub and topic there and subscribes; GET /seen gives what was confirmed and delivered.
"""

import hashlib
import sys
from pathlib import Path

from celery import Celery
from flask import Flask, jsonify, request
from flask_websub.hub import Hub, SQLite3HubStorage
from flask_websub.subscriber import SQLite3SubscriberStorage, SQLite3TempSubscriberStorage, Subscriber, discover

PORT, FOLDER = int(sys.argv[1]), Path(sys.argv[2])
app = Flask(__name__)
app.config["PUBLISH_SUPPORTED"] = True
tasks = Celery()
tasks.conf.task_always_eager = True
hub = Hub(SQLite3HubStorage(str(FOLDER / "hub.db")), tasks)
app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
subscriber = Subscriber(SQLite3SubscriberStorage(str(FOLDER / "subscriber.db")), SQLite3TempSubscriberStorage(str(FOLDER / "temporary.db")))
app.register_blueprint(subscriber.build_blueprint(url_prefix="/in"))
SEEN = {"confirmed": [], "delivered": [], "failed": []}


@subscriber.add_success_handler
def confirmed(topic, callback, mode):
    SEEN["confirmed"].append([topic, mode])


@subscriber.add_error_handler
def failed(topic, callback, reason):
    SEEN["failed"].append([topic, reason])


@subscriber.add_listener
def delivered(topic, callback, body):
    SEEN["delivered"].append([topic, hashlib.sha256(body).hexdigest(), request.headers.get("Content-Type"), request.headers.get("Link")])


@app.post("/subscribe")
def subscribe():
    found = discover(request.form["url"])
    subscriber.subscribe(**found)
    return jsonify(found)


@app.get("/seen")
def seen():
    return jsonify(SEEN)


app.run("127.0.0.1", PORT, threaded=True)
