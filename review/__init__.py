"""The page on which people check what was extracted: server-rendered, in Vietnamese. `review.app.create_app` is the way
in; nothing is imported here, as `review.reasons` is also used where no page is served."""
