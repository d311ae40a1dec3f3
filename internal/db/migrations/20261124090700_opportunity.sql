-- What was answered to a suggestion on a day. Owner: opportunity.
CREATE TABLE opportunity_answer (
    user_id     TEXT   NOT NULL,
    day         TEXT   NOT NULL,
    opportunity TEXT   NOT NULL, -- the suggestion's id, "practice:weak-tie-hello"
    answer      TEXT   NOT NULL CHECK (answer IN ('not_now', 'not_this', 'accepted')),
    answered_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, day, opportunity)
);
CREATE INDEX opportunity_never ON opportunity_answer (user_id, day) WHERE answer = 'not_this';
