-- Version 1. Times: Unix milliseconds, 0 = never. Flags: 0 or 1. Digests, boot and run ids: lower-case hexadecimal.

CREATE TABLE devices (
  device            TEXT   NOT NULL PRIMARY KEY,
  site              TEXT   NOT NULL,
  device_groups     TEXT   NOT NULL,             -- sorted, joined by commas
  profile           TEXT   NOT NULL,
  enrolled_ms       BIGINT NOT NULL,             -- last certificate issued
  revoked_ms        BIGINT NOT NULL,
  quarantined_ms    BIGINT NOT NULL,
  quarantine_reason TEXT   NOT NULL,
  online            BIGINT NOT NULL,
  online_ms         BIGINT NOT NULL,             -- when that was last heard
  boot_id           TEXT   NOT NULL,
  runtime           TEXT   NOT NULL,
  desired_version   BIGINT NOT NULL,
  models            TEXT   NOT NULL,             -- digests, joined by commas
  report            BYTEA  NOT NULL,             -- payload of the last verified report, empty before the first
  report_ms         BIGINT NOT NULL
);

CREATE TABLE boots (
  device    TEXT   NOT NULL,
  boot_id   TEXT   NOT NULL,
  first_ms  BIGINT NOT NULL,
  last_ms   BIGINT NOT NULL,
  returned  BIGINT NOT NULL,                     -- times it was heard again after another boot id
  PRIMARY KEY (device, boot_id)
);

CREATE TABLE claims (
  token      TEXT   NOT NULL PRIMARY KEY,        -- SHA-256 of the one-time token
  device     TEXT   NOT NULL,
  counter    BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  used_ms    BIGINT NOT NULL,
  request    TEXT   NOT NULL                     -- digest of the certificate request that used it
);
CREATE UNIQUE INDEX claims_by_device ON claims (device, counter);

CREATE TABLE certificates (
  serial      TEXT   NOT NULL PRIMARY KEY,
  device      TEXT   NOT NULL,
  fingerprint TEXT   NOT NULL,                   -- SHA-256 of the certificate
  request     TEXT   NOT NULL,                   -- digest of the certificate request
  chain       BYTEA  NOT NULL,                   -- PEM, the device's certificate first
  issued_ms   BIGINT NOT NULL,
  expires_ms  BIGINT NOT NULL,
  revoked_ms  BIGINT NOT NULL
);
CREATE INDEX certificates_by_device ON certificates (device, issued_ms);
CREATE UNIQUE INDEX certificates_by_request ON certificates (device, request);
CREATE INDEX certificates_by_fingerprint ON certificates (fingerprint);

CREATE TABLE documents (
  digest     TEXT   NOT NULL PRIMARY KEY,
  content    BYTEA  NOT NULL,
  created_ms BIGINT NOT NULL
);

CREATE TABLE roots (
  version BIGINT NOT NULL PRIMARY KEY,
  digest  TEXT   NOT NULL                        -- of the envelope, in documents
);

CREATE TABLE releases (
  line       TEXT   NOT NULL,
  counter    BIGINT NOT NULL,
  name       TEXT   NOT NULL,
  digest     TEXT   NOT NULL,                    -- of the envelope, in documents
  file       TEXT   NOT NULL,                    -- digest of the released file
  bytes      BIGINT NOT NULL,
  issued_ms  BIGINT NOT NULL,
  revoked_ms BIGINT NOT NULL,
  PRIMARY KEY (line, counter)
);

CREATE TABLE desired (
  addressee  TEXT   NOT NULL PRIMARY KEY,        -- device/ID or group/ID
  version    BIGINT NOT NULL,
  envelope   BYTEA  NOT NULL,                    -- signed fleet document
  documents  TEXT   NOT NULL,                    -- JSON array of {kind, digest, bytes}
  changed_ms BIGINT NOT NULL,
  published  BIGINT NOT NULL                     -- version the broker acknowledged last
);

CREATE TABLE rollouts (
  rollout    TEXT   NOT NULL PRIMARY KEY,
  addressee  TEXT   NOT NULL,
  line       TEXT   NOT NULL,
  counter    BIGINT NOT NULL,
  state      TEXT   NOT NULL,
  plan       TEXT   NOT NULL,                    -- JSON
  changed_ms BIGINT NOT NULL
);

CREATE TABLE commands (
  command    TEXT   NOT NULL PRIMARY KEY,
  device     TEXT   NOT NULL,
  envelope   BYTEA  NOT NULL,
  state      TEXT   NOT NULL,                    -- waiting, accepted, running, done, failed or expired
  detail     TEXT   NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  changed_ms BIGINT NOT NULL
);
CREATE INDEX commands_by_device ON commands (device, state);

CREATE TABLE failures (
  release_digest TEXT   NOT NULL,                -- of the release's payload
  device         TEXT   NOT NULL,
  profile        TEXT   NOT NULL,
  line           TEXT   NOT NULL,
  counter        BIGINT NOT NULL,
  outcome        TEXT   NOT NULL,
  detail         TEXT   NOT NULL,
  failed_ms      BIGINT NOT NULL,
  PRIMARY KEY (release_digest, device)
);
CREATE INDEX failures_by_line ON failures (line, counter);

CREATE TABLE telemetry (
  device      TEXT   NOT NULL,
  stream      TEXT   NOT NULL,                   -- alarm, event, metric or log
  boot_id     TEXT   NOT NULL,                   -- run of the device that wrote the record
  seq         BIGINT NOT NULL,
  time_ms     BIGINT NOT NULL,                   -- the device's clock; informative
  received_ms BIGINT NOT NULL,                   -- the hub's clock
  quarantined BIGINT NOT NULL,
  record      TEXT   NOT NULL,                   -- JSON
  PRIMARY KEY (device, stream, boot_id, seq)
);
CREATE INDEX telemetry_by_arrival ON telemetry (received_ms);

CREATE TABLE telemetry_acks (
  device  TEXT   NOT NULL,
  stream  TEXT   NOT NULL,
  run_id  TEXT   NOT NULL,                       -- run of the device that sends
  up_to   BIGINT NOT NULL,                       -- everything up to here is stored or was given up
  islands TEXT   NOT NULL,                       -- stored beyond that: from-to, joined by commas
  PRIMARY KEY (device, stream)
);

CREATE TABLE gaps (
  device   TEXT   NOT NULL,
  stream   TEXT   NOT NULL,
  boot_id  TEXT   NOT NULL,
  from_seq BIGINT NOT NULL,
  to_seq   BIGINT NOT NULL,
  reason   TEXT   NOT NULL,
  noted_ms BIGINT NOT NULL,
  PRIMARY KEY (device, stream, boot_id, from_seq)
);

CREATE TABLE leases (
  name     TEXT   NOT NULL PRIMARY KEY,
  holder   TEXT   NOT NULL,
  until_ms BIGINT NOT NULL
);
