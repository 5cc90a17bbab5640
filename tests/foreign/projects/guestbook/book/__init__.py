"""The guest book: what guests wrote, and a form to write more."""

import os
from contextlib import contextmanager

import psycopg2
from flask import Flask, jsonify, request

app = Flask(__name__)


@contextmanager
def book():
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


@app.get("/")
def read():
    with book() as cursor:
        cursor.execute("SELECT words FROM pages ORDER BY written DESC LIMIT 5")
        return "Guest book\n" + "".join(f"- {words}\n" for (words,) in cursor)


@app.post("/pages")
def write():
    page = request.form["page"], request.form["words"]
    with book() as cursor:
        cursor.execute("INSERT INTO pages (page, words) VALUES (%s, %s)", page)
    return jsonify(page=page[0]), 201
