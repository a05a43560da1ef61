"""The decision record: one file that signs, by SHA-256, a plan and all that it was decided on; and the plan made again from it.

record      the model of the file, and its chain of hashes
content     what a run folder says for it
considered  the plans that were considered beside the plan
approve     the file written, and approvals added to it
page        the same for people, as one page
integrity   what of all that it names is still there, as it was
reproduce   the plan made again, and how it differs
"""
