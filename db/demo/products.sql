-- What the demo's shop sells at first. What is already there is left as it is, so this may run again.
-- psql --set currency=EUR; prices are in its minor units.
INSERT INTO products (sku, name, description, price, currency, stock)
SELECT sku, name, description, price, :'currency', stock
FROM (VALUES
    ('SENCHA', 'Sencha',
     'A green tea from Kagoshima, first picking: fresh, grassy, a little sweet. 70 °C, one minute. 100 g.', 1190, 40),
    ('GENMAICHA', 'Genmaicha',
     'Green tea with roasted rice, mild enough for the evening. 80 °C, two minutes. 100 g.', 890, 35),
    ('DARJEELING', 'Darjeeling First Flush',
     'The year''s first leaves from Margaret''s Hope, bright and flowery. 90 °C, three minutes. 100 g.', 1650, 18),
    ('ASSAM', 'Assam Breakfast',
     'Strong, malty and good with milk. Boiling water, four minutes. 250 g.', 1090, 60),
    ('EARL-GREY', 'Earl Grey',
     'Black tea from Ceylon with oil of bergamot from Calabria. Boiling water, three minutes. 100 g.', 790, 50),
    ('OOLONG', 'Tie Guan Yin',
     'A lightly roasted oolong that takes five infusions and gets better with each. 90 °C. 50 g.', 1450, 2),
    ('PU-ERH', 'Ripe Pu-erh, 2015',
     'A cake of 357 g from Menghai: dark, earthy, and never bitter. It keeps for decades.', 3900, 7),
    ('WHITE-PEONY', 'White Peony',
     'Buds and young leaves from Fujian, dried in the sun. This year''s is sold out; the next comes in May. 50 g.', 1290, 0),
    ('ROOIBOS', 'Rooibos',
     'From the Cederberg, without caffeine. Forget it in the pot: it does not mind. 250 g.', 690, 45),
    ('MINT', 'Nana Mint',
     'Whole leaves from Morocco, for a tall glass with sugar. 50 g.', 490, 80),
    ('KYUSU', 'Kyusu Teapot',
     'Unglazed clay from Tokoname with a handle at the side. 280 ml, made by hand.', 5400, 4),
    ('MATCHA-SET', 'Matcha Set',
     'A bowl, a bamboo whisk, and 30 g of ceremonial matcha from Uji.', 4200, 12)
) AS wanted (sku, name, description, price, stock)
ON CONFLICT (sku) DO NOTHING;
