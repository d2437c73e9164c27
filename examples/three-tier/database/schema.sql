CREATE TABLE visits (
  id bigserial PRIMARY KEY,
  visitor text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
