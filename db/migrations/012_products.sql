-- What the shop sells. A product is hidden, never deleted: orders point at it.
CREATE TABLE products (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku text NOT NULL UNIQUE CHECK (sku ~ '^[A-Z0-9][A-Z0-9_-]{0,31}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 1000),
    price bigint NOT NULL CHECK (price BETWEEN 0 AND 100000000000),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    stock bigint NOT NULL CHECK (stock BETWEEN 0 AND 1000000000),
    is_hidden boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN products.sku IS 'The shop''s own name for it; t.me/BOT?start=p_SKU opens it.';
COMMENT ON COLUMN products.price IS 'In minor units, such as cents.';

CREATE INDEX products_shown ON products (currency, id) WHERE NOT is_hidden;
