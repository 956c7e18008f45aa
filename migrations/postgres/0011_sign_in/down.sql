DROP TABLE memberships;
DROP TABLE mails;
DROP TABLE sign_in_links;
