CREATE ROLE guest LOGIN PASSWORD 'welcome';
CREATE DATABASE guestbook OWNER guest;
\connect guestbook guest
CREATE TABLE pages (
    page uuid PRIMARY KEY,
    words text NOT NULL,
    written timestamptz NOT NULL DEFAULT now()
);
