"""People who operate Rialto: how they log in, prove who they are, and are let in."""
