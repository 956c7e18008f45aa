//! The tables of both databases, as `migrations/` makes them.

diesel::table! {
    dataset (id) {
        id -> BigInt,
        version -> BigInt,
        hash_form -> Integer,
        register_id -> Nullable<Binary>,
    }
}

diesel::table! {
    changesets (id) {
        id -> BigInt,
        cause -> Text,
        source -> Nullable<Text>,
        actor -> Text,
        started_at -> Timestamp,
        at -> Timestamp,
        version -> Nullable<BigInt>,
        version_id -> Nullable<Binary>,
        changed -> Nullable<Binary>,
        undoes -> Nullable<BigInt>,
        created -> BigInt,
        updated -> BigInt,
        unchanged -> BigInt,
        removed -> BigInt,
        plan -> Nullable<Text>,
    }
}

diesel::table! {
    imports (id) {
        id -> BigInt,
        changeset_id -> Nullable<BigInt>,
        source -> Text,
        file -> Text,
        sha256 -> Text,
        mode -> Text,
        actor -> Text,
        started_at -> Timestamp,
        finished_at -> Timestamp,
        state -> Text,
        rows_read -> BigInt,
        created -> BigInt,
        updated -> BigInt,
        unchanged -> BigInt,
        removed -> BigInt,
        rejected -> BigInt,
        repeated -> BigInt,
        skipped -> BigInt,
        request -> Nullable<Text>,
        plan -> Nullable<Text>,
        error -> Nullable<Text>,
        upload -> Nullable<Text>,
    }
}

diesel::table! {
    import_issues (import_id, position) {
        import_id -> BigInt,
        position -> Integer,
        line -> BigInt,
        column_name -> Nullable<Text>,
        code -> Text,
        severity -> Text,
        value -> Nullable<Text>,
        suggestion -> Nullable<Text>,
    }
}

diesel::table! {
    collectivities (id) {
        id -> BigInt,
        code -> Text,
        kind -> Text,
        name -> Text,
        department -> Nullable<Text>,
        region -> Nullable<Text>,
        longitude -> Nullable<Double>,
        latitude -> Nullable<Double>,
    }
}

diesel::table! {
    partners (id) {
        id -> BigInt,
        fingerprint -> Binary,
        country -> Text,
        name -> Text,
        region -> Nullable<Text>,
        longitude -> Nullable<Double>,
        latitude -> Nullable<Double>,
        position_source -> Nullable<Text>,
        kind -> Nullable<Text>,
        area -> Nullable<Text>,
    }
}

diesel::table! {
    partnerships (id) {
        id -> BigInt,
        source -> Text,
        key -> Text,
        title -> Text,
        kind -> Text,
        status -> Text,
        start_date -> Nullable<Text>,
        end_date -> Nullable<Text>,
        description -> Nullable<Text>,
        budget_cents -> Nullable<BigInt>,
        url -> Nullable<Text>,
        verified_on -> Nullable<Date>,
        verified_by -> Nullable<Text>,
        content_hash -> Binary,
        revision -> Integer,
        changeset_id -> BigInt,
        removed -> Bool,
        line -> Nullable<BigInt>,
    }
}

diesel::table! {
    partnership_collectivities (partnership_id, position) {
        partnership_id -> BigInt,
        position -> Integer,
        collectivity_id -> BigInt,
    }
}

diesel::table! {
    partnership_partners (partnership_id, position) {
        partnership_id -> BigInt,
        position -> Integer,
        partner_id -> BigInt,
    }
}

diesel::table! {
    partnership_themes (partnership_id, position) {
        partnership_id -> BigInt,
        position -> Integer,
        theme -> Text,
    }
}

diesel::table! {
    partnership_sdgs (partnership_id, sdg) {
        partnership_id -> BigInt,
        sdg -> Integer,
    }
}

diesel::table! {
    partnership_funders (partnership_id, position) {
        partnership_id -> BigInt,
        position -> Integer,
        name -> Text,
    }
}

diesel::table! {
    versions (partnership_id, revision) {
        partnership_id -> BigInt,
        revision -> Integer,
        changeset_id -> BigInt,
        line -> Nullable<BigInt>,
        record -> Nullable<Text>,
    }
}

diesel::table! {
    decisions (one_id, other_id, changeset_id) {
        one_id -> BigInt,
        other_id -> BigInt,
        changeset_id -> BigInt,
        same -> Nullable<Bool>,
    }
}

diesel::table! {
    confirmed_fields (partnership_id, column_name, changeset_id) {
        partnership_id -> BigInt,
        column_name -> Text,
        changeset_id -> BigInt,
    }
}

diesel::table! {
    proposals (id) {
        id -> BigInt,
        source -> Text,
        key -> Text,
        base -> Integer,
        title -> Text,
        state -> Text,
        scopes -> Text,
        fields -> Text,
        reason -> Text,
        proof -> Nullable<Text>,
        author -> Nullable<Text>,
        secret -> Binary,
        client -> Nullable<Binary>,
        created_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        ended_by -> Nullable<Text>,
        decisions -> Nullable<Text>,
        note -> Nullable<Text>,
        changeset_id -> Nullable<BigInt>,
    }
}

diesel::joinable!(confirmed_fields -> partnerships (partnership_id));
diesel::joinable!(partnership_collectivities -> partnerships (partnership_id));
diesel::joinable!(partnership_collectivities -> collectivities (collectivity_id));
diesel::joinable!(partnership_partners -> partnerships (partnership_id));
diesel::joinable!(partnership_partners -> partners (partner_id));
diesel::joinable!(versions -> partnerships (partnership_id));
diesel::allow_tables_to_appear_in_same_query!(
    collectivities,
    confirmed_fields,
    partners,
    partnership_collectivities,
    partnership_partners,
    partnerships,
    versions,
);
diesel::table! {
    tokens (name) {
        name -> Text,
        role -> Text,
        hash -> Binary,
        created_at -> Timestamp,
        last_used_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
        scope -> Text,
        expires_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    accounts (id) {
        id -> BigInt,
        email -> Text,
        name -> Text,
        language -> Text,
        created_at -> Timestamp,
        disabled_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    grants (id) {
        id -> BigInt,
        account_id -> BigInt,
        capability -> Text,
        scope -> Text,
        until -> Nullable<Date>,
        granted_by -> Text,
        granted_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        hash -> Binary,
        account_id -> Nullable<BigInt>,
        token -> Nullable<Text>,
        created_at -> Timestamp,
        last_used_at -> Timestamp,
        ends_at -> Timestamp,
        browser -> Text,
    }
}

diesel::table! {
    audit (id) {
        id -> BigInt,
        at -> Timestamp,
        actor -> Text,
        action -> Text,
        object -> Text,
        details -> Text,
        hash -> Binary,
    }
}

diesel::table! {
    sign_in_links (hash) {
        hash -> Binary,
        email -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    mails (id) {
        id -> Text,
        recipient -> Text,
        subject -> Text,
        body -> Text,
        created_at -> Timestamp,
        due_at -> Timestamp,
        tries -> Integer,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    memberships (id) {
        id -> BigInt,
        email -> Text,
        scope -> Text,
        state -> Text,
        role -> Text,
        proof -> Text,
        until -> Nullable<Date>,
        asked_at -> Timestamp,
        asked_by -> Text,
        decided_at -> Nullable<Timestamp>,
        decided_by -> Nullable<Text>,
        reason -> Nullable<Text>,
    }
}
