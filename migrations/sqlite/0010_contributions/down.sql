DROP TABLE proposals;
DROP TABLE confirmed_fields;
